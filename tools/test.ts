/**
 * Runs the tests: `npm test [-- FILTERS… [-t NAME]]`, and `npm run test:full` for the full counts with new seeds.
 * Finds or fetches the servers first, so that a machine without them fails here and is told what to install. Ends
 * with the plain line `N passed, N failed`; what was skipped or could not be loaded counts as failed.
 */
import {randomInt} from 'node:crypto'
import {mkdtempSync, rmSync, statfsSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {findServers} from '@broadside/servers'
import {exitCodeOf, explain} from '@broadside/runtime'
import {parseCLI, startVitest} from 'vitest/node'
import {countTests} from './count-tests.ts'

const args = process.argv.slice(2)
const isFull = args.includes('--full')
const {filter, options} = parseCLI(['vitest', 'run', ...args.filter((arg) => arg !== '--full')])

if (isFull) {
  process.env['BROADSIDE_TEST_SIZE'] = 'full'
  process.env['BROADSIDE_TEST_SEED'] ??= String(randomInt(2 ** 31))
  console.log(`full counts; repeat with BROADSIDE_TEST_SEED=${process.env['BROADSIDE_TEST_SEED']} npm run test:full`)
}

// What tests write is theirs for moments: repositories, ledgers, objects. In memory it costs a tenth less of all CPU.
const scratch = mkdtempSync(join(roomInMemory() ? '/dev/shm' : tmpdir(), 'broadside-tests-'))
process.env['TMPDIR'] = scratch
process.once('exit', () => rmSync(scratch, {recursive: true, force: true}))

try {
  const programs = await findServers(['nats', 'redis'], {onProgress: (message) => console.log(message)})
  for (const {bin, version, from} of programs) console.log(`tests use ${bin} ${version} (${from})`)
} catch (error) {
  console.error(explain(error))
  console.log('0 passed, 1 failed')
  process.exit(exitCodeOf(error))
}

const vitest = await startVitest(filter, {...options, watch: false, run: true})
const pattern = options.testNamePattern
const counts = countTests(vitest.state.getTestModules(), pattern === undefined ? undefined : new RegExp(pattern))
const strays = vitest.state.getUnhandledErrors().length
await vitest.close()

if (counts.notes.length > 0) console.log(`Counted as failed:\n  ${counts.notes.join('\n  ')}\n`)
if (strays > 0) console.log(`Counted as failed: ${strays} errors outside of any test\n`)
const failed = counts.failed + strays + (counts.passed + counts.failed === 0 ? 1 : 0)
if (counts.passed + counts.failed === 0) console.log('Counted as failed: no test ran\n')
console.log(`${counts.passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** Whether the system has a file system in memory, with room for a run. */
function roomInMemory(): boolean {
  try {
    const {bavail, bsize} = statfsSync('/dev/shm')
    return bavail * bsize > 4e9
  } catch {
    return false
  }
}
