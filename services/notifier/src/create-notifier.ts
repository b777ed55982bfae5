import type {HandleEvents} from '@broadside/bus'
import {consumerOf} from '@broadside/contracts'
import {endEffectLeases} from '@broadside/ledger'
import {createLoop, explain, type Service} from '@broadside/runtime'
import {createCarrier} from './carry-effects.ts'
import {learnReleases} from './learn-releases.ts'
import {learnRevisions, learnTrouble} from './learn-revisions.ts'
import {defaultOptions, type Notifier, type NotifierDeps, type NotifierOptions} from './notifier.ts'
import {sitesToldOf, type ToldSite} from './sites-told-of.ts'

/**
 * Notifier: from facts to those outside who asked to be told. What is to be told, and what became of it, are rows of
 * the ledger: written once per effect and target, claimed by compare-and-set, tried again while it may help. A crash
 * between a call and its record has the call made again, so everything is told at least once.
 */
export function createNotifier(deps: NotifierDeps, given: Partial<NotifierOptions> = {}): Service {
  const notifier: Notifier = {deps, options: {...defaultOptions, ...given}}
  const {ledger, bus, clock, log} = deps
  const {sweepMs} = notifier.options

  const carrier = createCarrier(notifier, () => carry.nudge())
  const carry = createLoop({name: 'notifier.carry', everyMs: sweepMs, log, look: () => carrier.fill()})
  const sweep = createLoop({
    name: 'notifier.sweep',
    everyMs: sweepMs,
    log,
    async look() {
      const ended = await ledger.transaction((db) => endEffectLeases(db, clock.now()))
      if (ended > 0) log.warn({event: 'effect.lease.ended', ended}, `${ended} calls ended without a record`)
      for (const told of await sitesToldOf(ledger.db)) {
        const {name} = told.site
        await learn(told).catch((error: unknown) =>
          // One site that cannot be read does not stop the others.
          log.error({event: 'notifier.failed', site: name, err: error}, `${name}: ${explain(error)}`),
        )
      }
      carry.nudge()
    },
  })

  async function learn(told: ToldSite): Promise<void> {
    if (await learnRevisions(notifier, told)) carry.nudge()
    if (await learnReleases(notifier, told)) carry.nudge()
    if (await learnTrouble(notifier, told)) carry.nudge()
  }

  const handle: HandleEvents = async (events) => {
    const named = new Set(events.map(({data}) => data.site))
    // Events of a site outlive it.
    for (const told of await sitesToldOf(ledger.db)) if (named.has(told.site.name)) await learn(told)
  }

  bus.consume({...consumerOf('notifier-revisions'), handle})
  bus.consume({...consumerOf('notifier-releases'), handle})

  return {
    name: 'notifier',
    async start() {
      sweep.start()
      carry.start()
    },
    async stop() {
      await Promise.all([sweep.stop(), carry.stop()])
      await carrier.drain()
    },
  }
}
