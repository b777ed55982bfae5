import {Writable} from 'node:stream'
import {run, type Surroundings} from './index.ts'

export type Told = {code: number; out: string; err: string}

/** Runs the command line as a shell would, and gives what it said. */
export async function runCli(argv: string[], given: Partial<Surroundings> = {}): Promise<Told> {
  const out = collect()
  const err = collect()
  const code = await run(argv, {
    env: {BROADSIDE_HOME: '/nowhere/at/all'},
    cwd: process.cwd(),
    ...given,
    stdout: out.stream,
    stderr: err.stream,
  })
  return {code, out: out.text(), err: err.text()}
}

function collect(): {stream: Writable; text: () => string} {
  let said = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      said += chunk
      done()
    },
  })
  return {stream, text: () => said}
}
