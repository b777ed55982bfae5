import {Writable} from 'node:stream'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import {run, type Surroundings} from './index.ts'

export type Told = {code: number; out: string; err: string}

/**
 * Runs the command line as a shell would, and gives what it said; `heard` is given stdout as it comes. With `shown`
 * stderr is a terminal, and it is given what that shows.
 */
export async function runCli(
  argv: string[],
  {
    heard = () => {},
    shown,
    ...given
  }: Partial<Surroundings> & {[who in 'heard' | 'shown']?: (text: string) => void} = {},
): Promise<Told> {
  const out = collect(heard)
  const err = collect(shown ?? (() => {}))
  const code = await run(argv, {
    env: {BROADSIDE_HOME: '/nowhere/at/all'},
    cwd: process.cwd(),
    ...given,
    stdout: out.stream,
    stderr: Object.assign(err.stream, {isTTY: shown !== undefined}),
  })
  return {code, out: out.text(), err: err.text()}
}

function collect(heard: (text: string) => void): {stream: Writable; text: () => string} {
  let said = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      said += chunk
      heard(chunk)
      done()
    },
  })
  return {stream, text: () => said}
}

/** One pool for all verbs of a test file, so that each does not start processes of its own. */
export function createSharedPool(): {createPool: typeof createRenderPool; close: () => Promise<void>} {
  let pool: RenderPool | undefined
  return {
    createPool: () => {
      pool ??= createRenderPool({size: 1, budgetMs: 20_000})
      return {...pool, close: async () => {}}
    },
    close: async () => pool?.close(),
  }
}
