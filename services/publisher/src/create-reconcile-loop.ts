import {lastLiveRelease, listSites} from '@broadside/ledger'
import {createLoop, type Loop} from '@broadside/runtime'
import {claimSiteTimer} from './claim-site-timer.ts'
import type {Publisher} from './publisher.ts'
import {reconcileSite} from './reconcile-site.ts'

const lookMs = 60_000
/** Of several publishers, and of starts one after another, one looks. */
const justDoneMs = 600_000
const key = 'reconcile'

/** Compares each site's objects with its ledger after a start, and every `reconcileMs` from then on. */
export function createReconcileLoop(publisher: Publisher, onFound: () => void): Loop {
  const {ledger, clock, log} = publisher.deps
  const {reconcileMs} = publisher.options
  let isFirst = true
  return createLoop({
    name: 'publisher.reconcile',
    everyMs: lookMs,
    log,
    async look() {
      const now = clock.now()
      const dueBy = isFirst ? now + reconcileMs - justDoneMs : now
      for (const {name} of await listSites(ledger.db)) {
        if ((await lastLiveRelease(ledger.db, name)) === undefined) continue
        if (!(await ledger.transaction((db) => claimSiteTimer(db, {site: name, key, dueBy, next: now + reconcileMs}))))
          continue
        const {outputs, binaries} = await reconcileSite(publisher, name)
        if (outputs + binaries > 0) onFound()
      }
      isFirst = false
    },
  })
}
