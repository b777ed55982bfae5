import {backoffMs, createLoop, type Logger} from '@broadside/runtime'

export type PollerOptions = {
  /** The sites to look at, asked with each look. */
  sites: () => Promise<string[]>
  /** Looks at one site. */
  poll: (site: string) => Promise<unknown>
  /** Longest time between two looks at a site that can be read. */
  everyMs: number
  log: Logger
}

export type Poller = {start: () => void; stop: () => Promise<void>}

/** A remote that fails is asked less and less often, down to once in so many times. */
const slowest = 10

/**
 * Looks at each site by itself: all of them at the start, each between three quarters of `everyMs` and all of it after
 * its last look, by lot, so that the sites of one forge do not ask it all at once. A remote that hangs or fails holds up
 * no other one.
 */
export function createPoller({sites, poll, everyMs, log}: PollerOptions): Poller {
  const plans = new Map<string, {failures: number; dueAt: number}>()
  const running = new Map<string, Promise<void>>()

  async function look(site: string): Promise<void> {
    let failures = 0
    try {
      await poll(site)
    } catch (error) {
      failures = (plans.get(site)?.failures ?? 0) + 1
      const message = error instanceof Error ? error.message : String(error)
      log.warn({event: 'intake.failed', site, err: error, failures}, `${site}: ${message}`)
    }
    const waitMs =
      failures > 1 ? backoffMs(failures - 1, {baseMs: everyMs, maxMs: slowest * everyMs}) : everyMs * lot(0.75, 1)
    plans.set(site, {failures, dueAt: performance.now() + waitMs})
    running.delete(site)
  }

  const loop = createLoop({
    name: 'intake.poll',
    everyMs: Math.min(1_000, everyMs / 4),
    log,
    async look() {
      const now = performance.now()
      const all = await sites()
      for (const site of plans.keys()) if (!all.includes(site)) plans.delete(site)
      for (const site of all) {
        if (running.has(site) || now < (plans.get(site)?.dueAt ?? 0)) continue
        running.set(site, look(site))
      }
    },
  })
  return {
    start: loop.start,
    async stop() {
      await loop.stop()
      await Promise.all(running.values())
    },
  }
}

function lot(least: number, most: number): number {
  return least + Math.random() * (most - least)
}
