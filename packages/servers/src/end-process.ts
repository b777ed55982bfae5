import {setTimeout as delay} from 'node:timers/promises'
import {identityOf} from './process-identity.ts'

/**
 * Ends exactly this process: SIGTERM, then SIGKILL after `patienceMs`. Resolves when it is gone; a repeat, or a
 * process that is gone already, does nothing. A later process that got the same id is left alone.
 */
export async function endProcess(pid: number, identity: string, patienceMs = 10_000): Promise<void> {
  const deadline = performance.now() + patienceMs
  let signal: NodeJS.Signals | undefined = 'SIGTERM'
  while ((await identityOf(pid)) === identity) {
    if (signal !== undefined) sendSignal(pid, signal)
    signal = undefined
    await delay(20)
    if (performance.now() > deadline) signal = 'SIGKILL'
  }
}

/** Sends the signal; a process that is gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
