import {availableParallelism} from 'node:os'
import {configDefaults, defineConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

/** What only a full run can pay for. */
const long = process.env['BROADSIDE_TEST_SIZE'] === 'full' ? [] : ['**/*.full.test.ts']

const slowest = ['/services/standalone/', '/services/', '/']

/** Files that start the whole installation, and other services, come first: a run ends soonest with short files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification) => slowest.findIndex((folder) => moduleId.includes(folder))
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

/** How every test runs. Two files at once on each core, since files with servers wait a good deal. */
export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'services/*/{src,test}/**/*.test.ts', 'tools/*.test.ts'],
    exclude: [...configDefaults.exclude, ...long],
    setupFiles: ['tools/fix-seeds.ts'],
    pool: 'forks',
    // Loading the modules anew for each file costs more than most files do. What a file starts, it stops.
    isolate: false,
    maxWorkers: Math.min(8, 2 * availableParallelism()),
    sequence: {sequencer: LongestFirst},
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    retry: 0,
    allowOnly: false,
  },
})
