import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {expect, test} from 'vitest'

const runner = join(import.meta.dirname, 'test.ts')
const samples = join(import.meta.dirname, 'samples')

function runSamples(...args: string[]): {lines: string[]; exitCode: number | null} {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  const run = spawnSync(process.execPath, [runner, '--root', samples, ...args], {encoding: 'utf8', env})
  return {lines: run.stdout.trimEnd().split('\n'), exitCode: run.status}
}

test('what failed, was skipped, or could not be loaded or set up counts as failed, with the reason', () => {
  const {lines, exitCode} = runSamples()
  expect(lines.at(-1)).toBe('1 passed, 7 failed')
  expect(exitCode).toBe(1)
  expect(
    lines
      .filter((line) => line.startsWith('  '))
      .slice(-6)
      .toSorted(),
  ).toEqual([
    '  does-not-load.test.ts: could not be set up or cleaned up',
    '  each-end.test.ts > a group whose set-up fails > never runs: skipped (its set-up failed)',
    '  each-end.test.ts > a group whose set-up fails: could not be set up or cleaned up',
    '  each-end.test.ts > comes later: skipped (still to be written)',
    '  each-end.test.ts > is left out: skipped (no reason given)',
    '  each-end.test.ts > skips itself: skipped (no server here)',
  ])
})

test('a run of one name counts that name alone', () => {
  expect(runSamples('each-end', '-t', '^passes$')).toMatchObject({exitCode: 0})
  expect(runSamples('each-end', '-t', '^passes$').lines.at(-1)).toBe('1 passed, 0 failed')
})

test('a run in which no test ran has failed', () => {
  const {lines, exitCode} = runSamples('no-such-file')
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
  expect(exitCode).toBe(1)
})
