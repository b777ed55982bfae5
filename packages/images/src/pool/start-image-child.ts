import {fork} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import type {Socket} from 'node:net'
import {BroadsideError, programAt} from '@broadside/runtime'
import type {ImageJob, Inspection, Lost, Made} from './image-job.ts'

export type Limits = {budgetMs: number; memoryMb: number}

/** A process that has one job at a time. */
export type ImageChild = {
  pid: number | undefined
  /** Resolves with what it says, or with what became of it; rejects where it could not be started. */
  run: (job: ImageJob) => Promise<Inspection | Made | Lost>
  isAlive: () => boolean
  kill: () => Promise<void>
}

const program = programAt(new URL('./image-child.ts', import.meta.url))
const lookMs = 50

/**
 * Starts a process that decodes what strangers have made. Its environment is empty, so that no image can reach a secret
 * through a fault of a decoder; a job that takes longer or more memory than its share ends with its process.
 */
export function startImageChild({budgetMs, memoryMb}: Limits): ImageChild {
  const cache = process.env['NODE_COMPILE_CACHE']
  const child = fork(program, {
    env: cache === undefined ? {} : {NODE_COMPILE_CACHE: cache},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const stderr = child.stderr as Socket | null
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let said = ''
  let isReady = false
  let isOver = false
  let verdict: string | undefined
  let settle: ((answer: Inspection | Made | Lost) => void) | undefined

  const finish = (answer: Inspection | Made | Lost) => {
    hold(false)
    settle?.(answer)
    settle = undefined
  }
  const over = (reason: string) => {
    if (isOver) return
    isOver = true
    const why = verdict ?? `its process ended (${[reason, said.trim()].filter((text) => text !== '').join(': ')})`
    ready.reject(brokenPool(`${reason} ${said}`.trim()))
    finish({ok: false, reason: why, lost: true})
    ended.resolve()
  }
  function hold(held: boolean): void {
    for (const handle of [child, child.channel, stderr]) {
      if (held) handle?.ref()
      else handle?.unref()
    }
  }

  ready.promise.catch(() => {})
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500)
  })
  child.on('message', (message) => {
    if (message === 'ready') {
      isReady = true
      ready.resolve()
    } else if (verdict === undefined) finish(message as Inspection | Made)
  })
  child.on('close', (code, signal) => over(signal ?? `exit code ${code}`))
  child.on('error', (error) => {
    if (child.pid === undefined) over(error.message)
  })

  const condemn = (reason: string) => {
    verdict = reason
    child.kill('SIGKILL')
  }

  async function watchMemory(): Promise<void> {
    if ((await residentMb(child.pid)) > memoryMb) condemn(`it needs more than ${memoryMb} MB of memory`)
  }

  return {
    pid: child.pid,
    isAlive: () => !isOver && verdict === undefined,
    async run(job) {
      hold(true)
      if (!isReady) await ready.promise
      if (isOver) throw brokenPool(said)
      const timer = setTimeout(() => condemn(`it took longer than ${budgetMs / 1000} s`), budgetMs)
      // Pixels lie outside of the heap that Node could limit.
      const watch = setInterval(() => void watchMemory(), lookMs)
      try {
        return await new Promise((resolve) => {
          settle = resolve
          child.send(job, () => {})
        })
      } finally {
        clearTimeout(timer)
        clearInterval(watch)
      }
    },
    async kill() {
      verdict ??= 'the service ends'
      hold(true)
      child.kill('SIGKILL')
      await ended.promise
    },
  }
}

/** What a process holds in memory; 0 where the system has no /proc to ask. */
async function residentMb(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return (Number(text.split(' ')[1] ?? 0) * 4096) / 1_000_000
}

function brokenPool(reason: string): BroadsideError {
  return new BroadsideError('transient', 'images.pool-broken', `no process for images could be started: ${reason}`, {
    hint: 'Look at what the process said, and at the memory the host has left.',
  })
}
