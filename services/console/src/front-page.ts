import {html} from 'hono/html'
import {
  countSubscribers,
  lastLiveRelease,
  listEditions,
  listRevisions,
  listSites,
  pinOf,
  pushProgress,
  withCounts,
  type Db,
  type SitesTable,
} from '@broadside/ledger'
import {counted, pageFrame, timeAgo, type Html} from './page-frame.ts'
import {editionCard, pushCard} from './push-parts.ts'
import {workWaiting} from './work-waiting.ts'

const pushesShown = 3
const editionsShown = 5

/** All sites with their newest pushes, the newest editions, and what waits to be done. */
export async function frontPage(db: Db, now: number): Promise<Html> {
  const sites: Html[] = []
  for (const site of await listSites(db)) sites.push(await siteSection(db, site, now))
  const editions = await Promise.all(
    (await listEditions(db, {limit: editionsShown})).map((edition) => withCounts(db, edition)),
  )
  const work = await workWaiting(db)
  const body = html`
    ${sites.length === 0 ? html`<p>There is no site yet.</p>` : sites}
    <h2>Editions</h2>
    ${
      editions.length === 0
        ? html`<p class="soft">None yet.</p>`
        : html`<ul class="cards">
            ${editions.map((edition) => editionCard(edition, now))}
          </ul>`
    }
    <h2>Waiting</h2>
    <dl>
      ${work.map(
        ({what, who, count, isTrouble}) =>
          html`<dt>${what}</dt>
            <dd class="${count === 0 ? 'soft' : isTrouble ? 'bad' : 'wait'}">
              ${count.toLocaleString('en')}${count === 0 ? '' : html` <span class="soft">for ${who}</span>`}
            </dd>`,
      )}
    </dl>
  `
  return pageFrame({title: 'Sites', body})
}

function pinNote(shows: number): Html {
  return html`<p class="wait">
    Rolled back to revision ${shows}: pushes are not released until <code>broadside unpin</code>.
  </p>`
}

async function siteSection(db: Db, site: SitesTable, now: number): Promise<Html> {
  const pushes = await Promise.all(
    (await listRevisions(db, {site: site.name, limit: pushesShown})).map((revision) => pushProgress(db, revision)),
  )
  const live = await lastLiveRelease(db, site.name)
  const pin = await pinOf(db, site.name)
  const {active = 0} = await countSubscribers(db, site.name)
  return html`
    <h2><a href="/sites/${site.name}">${site.name}</a></h2>
    <p class="soft">
      <a href="${site.site_url}">${site.site_url}</a> ·
      ${live === undefined ? 'not live yet' : html`release ${live.number} live ${timeAgo(live.live_at!, now)}`} ·
      ${counted(active, 'subscriber')}
    </p>
    ${pin === undefined ? '' : pinNote(pin.shows)}
    ${
      pushes.length === 0
        ? html`<p>Nothing was pushed yet.</p>`
        : html`<ol class="cards">
            ${pushes.map((push) => pushCard(push, now))}
          </ol>`
    }
  `
}
