import {html} from 'hono/html'
import {findEdition, formatReports, reportCounts, withCounts, type Db} from '@broadside/ledger'
import {pageFrame, timeAgo, type Html} from './page-frame.ts'

const repliesShown = 20

/** One edition with what became of its audience; undefined when there is none with that id. */
export async function editionPage(db: Db, id: string, now: number): Promise<Html | undefined> {
  const found = await findEdition(db, id)
  if (found === undefined) return undefined
  const edition = await withCounts(db, found)
  const {site, title, subject, state, reason, audience, counts, revision, release} = edition
  const sum = Object.values(counts).reduce((all, people) => all + people, 0)
  const replies = await db
    .selectFrom('deliveries')
    .select(['state', 'reply', (count) => count.fn.countAll<number>().as('people')])
    .where('edition', '=', id)
    .where('state', 'in', ['failed', 'uncertain', 'deferred', 'excluded'])
    .where('reply', 'is not', null)
    .groupBy(['state', 'reply'])
    .orderBy('people', 'desc')
    .orderBy('reply')
    .limit(repliesShown)
    .execute()
  const back = formatReports(await reportCounts(db, id))
  const body = html`
    <p><span class="stage">${state}</span>${reason === null ? '' : html`: ${reason}`}</p>
    <dl>
      <dt>Subject</dt>
      <dd>${subject}</dd>
      <dt>Announced by</dt>
      <dd><a href="/sites/${site}/revisions/${revision}">revision ${revision}</a>, release ${release}</dd>
      <dt>Opened</dt>
      <dd>${timeAgo(edition.created_at, now)}</dd>
      <dt>Frozen</dt>
      <dd>${edition.frozen_at === null ? 'not yet' : timeAgo(edition.frozen_at, now)}</dd>
      <dt>Ended</dt>
      <dd>${edition.completed_at === null ? 'not yet' : timeAgo(edition.completed_at, now)}</dd>
    </dl>
    <h2>Audience</h2>
    ${
      audience === null
        ? html`<p class="soft">Not frozen yet.</p>`
        : html`<p class="${sum === audience ? '' : 'bad'}">
            ${audience.toLocaleString('en')} people; the states below add up to ${sum.toLocaleString('en')}.
          </p>`
    }
    <dl>
      ${Object.entries(counts).map(
        ([name, people]) =>
          html`<dt>${name}</dt>
            <dd class="${people === 0 ? 'soft' : ''}">${people.toLocaleString('en')}</dd>`,
      )}
    </dl>
    ${back === '' ? '' : html`<p>Told since: ${back}.</p>`}
    ${
      replies.length === 0
        ? ''
        : html`<h2>What servers said</h2>
            <ul class="cards">
              ${replies.map(
                (row) =>
                  html`<li>
                    ${Number(row.people)} ${row.state}
                    <div class="small"><code>${row.reply}</code></div>
                  </li>`,
              )}
            </ul>`
    }
  `
  return pageFrame({title, trail: [{label: site, href: `/sites/${site}`}], body})
}
