import {collectTexts, dropPreview} from '@broadside/ledger'
import {createLoop, type Loop} from '@broadside/runtime'
import {claimSiteTimer} from './claim-site-timer.ts'
import {collectSite} from './collect-site.ts'
import type {Publisher} from './publisher.ts'

const lookMs = 600_000
const key = 'collect'
/** Texts belong to no one site. */
const all = '*'

/** Collects what nobody needs any more, of each site and then of the ledger, every `collectMs`. */
export function createCollectLoop(publisher: Publisher, onFound: () => void): Loop {
  const {ledger, clock, log} = publisher.deps
  const {collectMs} = publisher.options
  return createLoop({
    name: 'publisher.collect',
    everyMs: lookMs,
    log,
    async look() {
      const now = clock.now()
      const isDue = (site: string) =>
        ledger.transaction((db) => claimSiteTimer(db, {site, key, dueBy: now, next: now + collectMs}))
      for (const site of await sitesToCollect(publisher)) {
        if (!(await isDue(site))) continue
        const found = await collectSite(publisher, {site, isDry: false})
        if (found.assets > 0) onFound()
        if (found.binaries + found.waiting === 0) await dropPreview(ledger, site)
        log.info({event: 'site.collected', site, ...found}, `collected what ${site} needs no more`)
      }
      if (!(await isDue(all))) return
      const found = await collectTexts(ledger, {now, isDry: false})
      log.info({event: 'ledger.collected', ...found}, `collected ${found.texts} texts and ${found.fragments} fragments`)
    },
  })
}

/** Sites and previews, those that are over among them, whose files are left. */
async function sitesToCollect({deps}: Publisher): Promise<string[]> {
  const rows = await deps.ledger.db
    .selectFrom('sites')
    .select('name')
    .where((e) => e.or([e('state', '!=', 'removed'), e('preview_of', 'is not', null)]))
    .orderBy('name')
    .execute()
  return rows.map(({name}) => name)
}
