/**
 * Checks what no test runs: types, lint, format, dead code. One line each, with what the tool says where it finds
 * something; all of them run, and the last line counts them: `N passed, N failed`.
 */
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'

const root = join(import.meta.dirname, '..')

const checks: {name: string; command: string; args: string[]}[] = [
  {name: 'types', command: 'tsc', args: ['-p', '.']},
  {name: 'types in the browser', command: 'tsc', args: ['-p', 'packages/cli/browser']},
  {name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings', '.']},
  {name: 'format', command: 'oxfmt', args: ['--check', '.']},
  {name: 'dead code', command: 'knip', args: ['--no-progress', '--no-config-hints']},
]

let failed = 0
for (const {name, command, args} of checks) {
  const startedAt = performance.now()
  const run = spawnSync(join(root, 'node_modules', '.bin', command), args, {cwd: root, encoding: 'utf8'})
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const isGood = run.status === 0
  console.log(`${name}: ${isGood ? 'passed' : 'failed'} (${command}, ${seconds} s)`)
  if (isGood) continue
  failed++
  console.log(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`.trimEnd())
}

console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
