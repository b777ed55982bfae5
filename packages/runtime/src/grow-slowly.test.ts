import {runProgram} from '@broadside/testkit'
import {expect, test} from 'vitest'

const program = new URL('grow-slowly.fixture.ts', import.meta.url)

/** Bytes for each row that is held, at the most. */
async function mostOf(args: string[]): Promise<number> {
  const {exited, output} = runProgram(program, {
    args,
    nodeArgs: ['--max-semi-space-size=4', '--heap-growing-percent=100'],
  })
  expect(await exited).toEqual({code: 0, signal: null})
  return Number(output())
}

test('a heap that is to grow slowly holds less of what nobody needs any more', async () => {
  const [doubling, slow] = await Promise.all([mostOf([]), mostOf(['slowly'])])
  expect(slow).toBeLessThan(doubling * 0.85)
})
