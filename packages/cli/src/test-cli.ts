import {Writable} from 'node:stream'
import {run, type Surroundings} from './index.ts'

export type Told = {code: number; out: string; err: string}

/** Runs the command line as a shell would, and gives what it said; `heard` is given stdout as it comes. */
export async function runCli(
  argv: string[],
  {heard = () => {}, ...given}: Partial<Surroundings> & {heard?: (text: string) => void} = {},
): Promise<Told> {
  const out = collect(heard)
  const err = collect(() => {})
  const code = await run(argv, {
    env: {BROADSIDE_HOME: '/nowhere/at/all'},
    cwd: process.cwd(),
    ...given,
    stdout: out.stream,
    stderr: err.stream,
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
