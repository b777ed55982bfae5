import {fork} from 'node:child_process'
import {getCompileCacheDir} from 'node:module'
import type {Socket} from 'node:net'
import {dirname} from 'node:path'
import {programAt} from '@broadside/runtime'
import type {RenderedText, RenderJob} from './render-pool.ts'

export type ChildEvents = {
  ready(): void
  result(result: RenderedText): void
  /** Once, whatever ended it; `reason` holds the code or signal and the end of what it said on stderr. */
  exit(reason: string): void
}

/** One process that renders, each job in turn. */
export type Child = {
  pid: number | undefined
  send(job: RenderJob): void
  kill(): void
  /** Whether this child keeps the parent from ending by itself. It does at first. */
  hold(held: boolean): void
}

const program = programAt(new URL('./render-child.ts', import.meta.url))
const maxSaid = 1000

/**
 * Starts a child with a heap of its own. Its environment holds nothing but where compiled modules are kept, which nearly
 * halves its start, so that no document can reach a secret through a fault of the native parser.
 */
export function startChild(memoryMb: number, events: ChildEvents): Child {
  const child = fork(program, {
    env: compileCache(),
    // With a young generation as large as V8 likes a child holds 100 MB more, and is a twentieth faster at the most.
    execArgv: [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=8', '--heap-growing-percent=50'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const stderr = child.stderr as Socket | null
  let said = ''
  let over = false
  const end = (reason: string) => {
    if (over) return
    over = true
    events.exit(said === '' ? reason : `${reason}: ${said.trim()}`)
  }

  stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-maxSaid)
  })
  child.on('message', (message) => (message === 'ready' ? events.ready() : events.result(message as RenderedText)))
  // `exit` comes when the process is gone, `close` when all it wrote has been read too: its last result, above all.
  child.on('close', (code, signal) => end(signal ?? `exit code ${code}`))
  child.on('error', (error) => {
    if (child.pid === undefined) end(error.message)
  })

  return {
    pid: child.pid,
    send(job) {
      // A child that is gone reports so by `close`, and its jobs are taken care of there.
      if (child.connected) child.send(job, () => {})
    },
    kill: () => void child.kill('SIGKILL'),
    hold(held) {
      for (const handle of [child, child.channel, stderr]) {
        if (held) handle?.ref()
        else handle?.unref()
      }
    },
  }
}

/** The cache this process uses itself; Node names it with a folder for its version, which the child adds anew. */
function compileCache(): Record<string, string> {
  const used = getCompileCacheDir()
  return used === undefined ? {} : {NODE_COMPILE_CACHE: dirname(used)}
}
