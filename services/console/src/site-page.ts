import {html} from 'hono/html'
import {findSite, listEditions, pushProgress, withCounts, type Db} from '@broadside/ledger'
import {pageFrame, type Html} from './page-frame.ts'
import {editionCard, pushCard} from './push-parts.ts'

const shown = 30

/** The timeline of a site's pushes, newest first, from before revision `before` where that is given. */
export async function sitePage(db: Db, name: string, before: number | undefined, now: number): Promise<Html> {
  const site = await findSite(db, name)
  let query = db.selectFrom('revisions').selectAll().where('site', '=', name)
  if (before !== undefined) query = query.where('number', '<', before)
  const revisions = await query
    .orderBy('number', 'desc')
    .limit(shown + 1)
    .execute()
  const pushes = await Promise.all(revisions.slice(0, shown).map((revision) => pushProgress(db, revision)))
  const last = pushes.at(-1)
  const editions = await Promise.all(
    (await listEditions(db, {site: name, limit: 10})).map((edition) => withCounts(db, edition)),
  )
  const body = html`
    <dl>
      <dt>Public address</dt>
      <dd><a href="${site.site_url}">${site.site_url}</a></dd>
      <dt>Forms and unsubscribing</dt>
      <dd>${site.audience_url}</dd>
      <dt>Repository</dt>
      <dd><code>${withoutCredentials(site.remote)}</code>, branch <code>${site.branch}</code></dd>
    </dl>
    <h2>Pushes</h2>
    ${
      last === undefined
        ? html`<p class="soft">None${before === undefined ? ' yet' : ' before that'}.</p>`
        : html`<ol class="cards">
            ${pushes.map((push) => pushCard(push, now))}
          </ol>`
    }
    ${
      revisions.length > shown && last !== undefined
        ? html`<p><a href="/sites/${name}?before=${last.revision.number}" rel="next">Older pushes</a></p>`
        : ''
    }
    <h2>Editions</h2>
    ${
      editions.length === 0
        ? html`<p class="soft">None yet.</p>`
        : html`<ul class="cards">
            ${editions.map((edition) => editionCard(edition, now))}
          </ul>`
    }
  `
  return pageFrame({title: name, body})
}

/** A remote may hold a user name and a token, which are the operator's and no reader's. */
function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}
