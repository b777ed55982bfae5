import {BroadsideError, exitCodeOf, explain} from './errors.ts'
import type {Logger} from './logger.ts'

/** Something that runs until it is stopped. `stop` takes no new work, finishes what is in hand, and may be called twice. */
export type Service = {
  name: string
  start: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Starts the services in order and stops them in reverse on SIGTERM, SIGINT or `signal`. A drain longer than
 * `drainMs` is cut (the ledger knows what was in hand); a second signal cuts it at once.
 */
export async function runUntilSignal(
  services: Service[],
  {log, drainMs, signal}: {log: Logger; drainMs: number; signal?: AbortSignal},
): Promise<void> {
  const asked = new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
    signal?.addEventListener('abort', () => resolve('abort'))
  })
  const started: Service[] = []
  try {
    for (const service of services) {
      started.push(service)
      await service.start()
    }
    const why = await asked
    log.info({event: 'service.draining', signal: why}, `${why}: finishing what is in hand`)
  } finally {
    await drain(started.toReversed(), drainMs, log)
  }
}

async function drain(services: Service[], drainMs: number, log: Logger): Promise<void> {
  const late = new Promise<'late'>((resolve) => {
    setTimeout(resolve, drainMs, 'late').unref()
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve('late'))
  })
  const all = async (): Promise<'done'> => {
    for (const service of services) {
      await service
        .stop()
        .catch((error: unknown) => log.error({event: 'service.stop.failed', err: error}, service.name))
    }
    return 'done'
  }
  if ((await Promise.race([all(), late])) === 'late') {
    log.warn({event: 'service.drain.cut', drainMs}, 'the drain took too long; the next start goes on from the ledger')
  }
}

/**
 * Waits, `withinMs` at most, for what a service still had in hand when its drain was cut: calls that were ended since then
 * are answered, and the answers are to be written down before the ledger is closed.
 */
export async function finishStop(service: Service, withinMs: number): Promise<void> {
  const cut = new Promise<void>((resolve) => void setTimeout(resolve, withinMs).unref())
  await Promise.race([service.stop(), cut])
}

/** Runs a program's `main` and ends the process with the exit code of its error, told in one line. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main()
    process.exit(0)
  } catch (error) {
    process.stderr.write(`broadside: ${explain(error)}\n`)
    if (!(error instanceof BroadsideError)) process.stderr.write(`${(error as Error)?.stack ?? ''}\n`)
    process.exit(exitCodeOf(error))
  }
}
