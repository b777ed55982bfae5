import {configDefaults, defineConfig} from 'vitest/config'

/** What only a full run can pay for. */
const long = process.env['BROADSIDE_TEST_SIZE'] === 'full' ? [] : ['**/*.full.test.ts']

/** How every test runs. Three files at once: two cores are the least there is, and files with servers wait a good deal. */
export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'services/*/{src,test}/**/*.test.ts', 'tools/*.test.ts'],
    exclude: [...configDefaults.exclude, ...long],
    setupFiles: ['tools/fix-seeds.ts'],
    pool: 'forks',
    // Loading the modules anew for each file costs more than most files do. What a file starts, it stops.
    isolate: false,
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    retry: 0,
    allowOnly: false,
  },
})
