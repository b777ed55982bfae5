import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {programAt} from '@broadside/runtime'
import {until} from './until.ts'

export type ProgramOptions = {
  args?: string[]
  /** All of its environment, beside PATH, HOME, TMPDIR and where Node keeps compiled modules and programs. */
  env?: Record<string, string | undefined>
  /** Options of Node itself, such as `--import`. */
  nodeArgs?: string[]
  cwd?: string
}

export type ProgramExit = {code: number | null; signal: NodeJS.Signals | null}

/** A program in a process of its own. */
export type Program = {
  pid: number
  /** All it has written, stdout and stderr as they came. */
  output: () => string
  /** What it has logged as JSON, one value a line; other lines are left out. */
  logged: () => Record<string, unknown>[]
  /** Waits until it has written this. Rejects when it ends before, with what it wrote last. */
  says: (text: string | RegExp, options?: {withinMs?: number}) => Promise<void>
  exited: Promise<ProgramExit>
  isOver: () => boolean
  signal: (name: NodeJS.Signals) => void
  /** SIGKILL; resolves when it is gone. A repeat does nothing. */
  kill: () => Promise<void>
  /** SIGTERM; resolves with how it ended. */
  stop: () => Promise<ProgramExit>
}

/** Characters of what a program wrote that a failure repeats. */
const shown = 4_000
const setpriv = '/usr/bin/setpriv'

/** Runs a TypeScript program by this Node, compiled where there is a build of it. Where the system can do it, it ends when the process of the test does. */
export function runProgram(program: URL, {args = [], env = {}, nodeArgs = [], cwd}: ProgramOptions = {}): Program {
  const command = [process.execPath, ...nodeArgs, fileURLToPath(programAt(program)), ...args]
  const [file, ...rest] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...command] : command
  const {PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, BROADSIDE_PROGRAMS} = process.env
  const child = spawn(file!, rest, {
    env: {PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, BROADSIDE_PROGRAMS, ...env},
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => written.push(text))
  }
  let exit: ProgramExit | undefined
  const exited = new Promise<ProgramExit>((resolve, reject) => {
    child.once('error', reject)
    // `close` and not `exit`: by then all that it wrote has been read.
    child.once('close', (code, signal) => resolve((exit = {code, signal})))
  })
  const output = (): string => written.join('')
  const ending = (): string => output().slice(-shown)
  return {
    pid: child.pid ?? 0,
    output,
    logged: () => output().split('\n').flatMap(parseLine),
    async says(text, options) {
      const isThere = () => (typeof text === 'string' ? output().includes(text) : text.test(output()))
      await until(`${String(text)} is said`, () => isThere() || exit !== undefined, options).catch((cause: unknown) => {
        throw new Error(`${(cause as Error).message}; it said:\n${ending()}`, {cause})
      })
      if (!isThere())
        throw new Error(`it ended with ${JSON.stringify(exit)} before it said ${String(text)}:\n${ending()}`)
    },
    exited,
    isOver: () => exit !== undefined,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      child.kill('SIGTERM')
      return exited
    },
  }
}

function parseLine(line: string): Record<string, unknown>[] {
  if (!line.startsWith('{')) return []
  try {
    return [JSON.parse(line) as Record<string, unknown>]
  } catch {
    return []
  }
}
