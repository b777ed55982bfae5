import {lastLiveRelease, listSites, type Db} from '@broadside/ledger'
import {createLoop, type Loop} from '@broadside/runtime'
import type {Publisher} from './publisher.ts'
import {reconcileSite} from './reconcile-site.ts'

const lookMs = 60_000
/** Of several publishers, and of starts one after another, one looks. */
const justDoneMs = 600_000
const timer = {owner: 'publisher', key: 'reconcile'}

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
        if (!(await ledger.transaction((db) => claim(db, name, dueBy, now + reconcileMs)))) continue
        const {outputs, binaries} = await reconcileSite(publisher, name)
        if (outputs + binaries > 0) onFound()
      }
      isFirst = false
    },
  })
}

/** True for the one who finds the site's timer due by `dueBy`, or finds none; it is set to `next` then. */
async function claim(db: Db, site: string, dueBy: number, next: number): Promise<boolean> {
  const row = await db
    .selectFrom('timers')
    .select('due')
    .where('site', '=', site)
    .where('owner', '=', timer.owner)
    .where('key', '=', timer.key)
    .executeTakeFirst()
  if (row !== undefined && row.due > dueBy) return false
  await db
    .insertInto('timers')
    .values({site, ...timer, due: next})
    .onConflict((c) => c.columns(['site', 'owner', 'key']).doUpdateSet({due: next}))
    .execute()
  return true
}
