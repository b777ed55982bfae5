import type {Hono} from 'hono'
import {listSites, serveRequests} from '@broadside/ledger'
import {createAlarm, createLoop, type Loop, type Service} from '@broadside/runtime'
import {z} from 'zod'
import {nextDue, sitesDue} from './due-timers.ts'
import {createHintFollower} from './follow-hints.ts'
import {hookRoutes} from './hook-routes.ts'
import {createIntakeCore, type IntakeDeps} from './intake.ts'
import {createPoller} from './create-poller.ts'
import {pushRoutes} from './push-routes.ts'
import {rollbackRequests} from './rollback-requests.ts'
import {remoteAccess, webhookSecrets} from './site-config.ts'
import {siteRequests} from './site-requests.ts'

export type IntakeOptions = {
  /** How often each remote is asked for commits that no hook told of, ms. */
  pollMs: number
  /** How often hints, and timers that another process may have set, are looked at, ms. */
  sweepMs: number
  /** Where what the operator sets for single sites is read, when it is needed; see `intakeSiteConfig`. */
  env: Record<string, string | undefined>
  /** Named in the answer to a push. */
  consoleUrl?: string
}

export type Intaking = Service & {
  /** For this machine. */
  routes: Hono
  /** For everybody. */
  hooks: Hono
  /** Looks at a site that a hook told of, and closes the hook's hint. */
  follow: (site: string) => void
}

const refillPayload = z.object({site: z.string(), revision: z.number().int().positive()})
const publishPayload = z.object({site: z.string()})

/**
 * Intake: from a hook, a poll, a timer or the command line to a revision in the ledger, with the events that tell of
 * it. NATS may be away: the events wait in the outbox.
 */
export function createIntake(deps: IntakeDeps, options: IntakeOptions): Intaking {
  const {ledger, clock, log} = deps
  // A new revision may have set timers, or met them.
  const intake = createIntakeCore(
    deps,
    (site) => remoteAccess(site, options.env),
    () => timers.nudge(),
  )
  const hints = createHintFollower({ledger, intake, clock, log})

  const poll = createPoller({
    sites: activeSites,
    poll: (site) => intake.advance(site, {onlyIfMoved: true}),
    everyMs: options.pollMs,
    log,
  })
  const sweep: Loop = createLoop({
    name: 'intake.sweep',
    everyMs: options.sweepMs,
    log,
    async look() {
      await hints.sweep(options.sweepMs)
    },
  })
  const timers: Loop = createLoop({
    name: 'intake.timers',
    everyMs: options.sweepMs,
    log,
    async look() {
      const now = clock.now()
      // No site waits for another one, whose repository may be slow.
      for (const site of await sitesDue(ledger.db, now)) void quietly(site, () => intake.tick(site))
      alarm.set(await nextDue(ledger.db, now))
    },
  })
  const alarm = createAlarm(clock, timers.nudge)
  const requests = serveRequests({
    ledger,
    service: 'intake',
    log,
    clock,
    handlers: {
      ...rollbackRequests(deps),
      async refill(payload) {
        const {site, revision} = refillPayload.parse(payload)
        return intake.refill(site, revision)
      },
      ...siteRequests({ledger, clock, log}, follow),
      async publish(payload) {
        const {site} = publishPayload.parse(payload)
        const accepted = await intake.advance(site)
        return accepted ?? null
      },
    },
  })

  function follow(site: string): void {
    timers.nudge()
    void quietly(site, () => intake.advance(site))
  }

  function followHints(site: string): void {
    void hints.follow(site)
  }

  async function activeSites(): Promise<string[]> {
    return (await listSites(ledger.db)).filter(({state}) => state === 'active').map(({name}) => name)
  }

  /** One site that cannot be read does not stop the others. */
  async function quietly(site: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      log.warn(
        {event: 'intake.failed', site, err: error},
        `${site}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  return {
    name: 'intake',
    routes: pushRoutes({
      ledger,
      intake,
      clock,
      ...(options.consoleUrl === undefined ? {} : {consoleUrl: options.consoleUrl}),
    }),
    hooks: hookRoutes({
      ledger,
      clock,
      log,
      secrets: (site) => webhookSecrets(site, options.env),
      follow: followHints,
    }),
    follow: followHints,
    async start() {
      // A newer Broadside may render differently. Pages follow by a revision of their own, whether the remote answers or not.
      for (const site of await activeSites()) void quietly(site, () => intake.upgrade(site))
      poll.start()
      sweep.start()
      timers.start()
      await requests.start()
    },
    async stop() {
      alarm.stop()
      await Promise.all([poll.stop(), sweep.stop(), timers.stop(), requests.stop()])
      await hints.settle()
      await intake.close()
    },
  }
}
