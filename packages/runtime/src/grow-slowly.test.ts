import {execFile} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'

const program = fileURLToPath(new URL('grow-slowly.fixture.ts', import.meta.url))

/** Bytes for each row that is held, at the most. */
async function mostOf(args: string[]): Promise<number> {
  const flags = ['--max-semi-space-size=4', '--heap-growing-percent=100']
  const {stdout} = await promisify(execFile)(process.execPath, [...flags, program, ...args])
  return Number(stdout)
}

test('a heap that is to grow slowly holds less of what nobody needs any more', async () => {
  const [doubling, slow] = await Promise.all([mostOf([]), mostOf(['slowly'])])
  expect(slow).toBeGreaterThan(0)
  expect(slow).toBeLessThan(doubling * 0.85)
})
