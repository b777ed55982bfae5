import {html} from 'hono/html'
import {formatPlace, type Diagnostic} from '@broadside/content'
import {
  diagnosticsOf,
  findSite,
  postsOfRevision,
  pushProgress,
  type Db,
  type DiagnosticsTable,
  type PushPost,
  type PushProgress,
  type ReleasesTable,
} from '@broadside/ledger'
import {createUrls} from '@broadside/site'
import {counted, pageFrame, timeAgo, type Html} from './page-frame.ts'
import {changesOf, editionCard, effectCard, stageMark, summaryOf} from './push-parts.ts'

/** One push, from its commit to its mails; undefined when there is no such revision. */
export async function pushPage(db: Db, name: string, number: number, now: number): Promise<Html | undefined> {
  const site = await findSite(db, name)
  const revision = await db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', name)
    .where('number', '=', number)
    .executeTakeFirst()
  if (revision === undefined) return undefined
  const push = await pushProgress(db, revision)
  const posts = await postsOfRevision(db, name, number)
  const diagnostics = await diagnosticsOf(db, name, number)
  const urls = createUrls(site.site_url)
  const {scheduled} = summaryOf(revision.summary)
  const body = html`
    <p>${stageMark(push.stage)}${push.why === undefined ? '' : html`: ${push.why}`}</p>
    ${facts(push, now)}
    <h2>Posts</h2>
    <p>${changesOf(revision.summary)}.</p>
    <ul class="cards">
      ${posts.map((post) => postLine(post, urls.absolute(post.address)))}
      ${scheduled.map(({path, at}) => html`<li><code>${path}</code> becomes live ${timeAgo(at, now)}</li>`)}
    </ul>
    ${
      diagnostics.length === 0
        ? ''
        : html`<h2>To put right</h2>
            <ul class="cards">
              ${diagnostics.map(diagnosticLine)}
            </ul>`
    }
    <h2>Release</h2>
    ${push.release === undefined ? html`<p class="soft">None carries it yet.</p>` : releaseFacts(push.release, now)}
    <h2>Editions</h2>
    ${
      push.editions.length === 0
        ? html`<p class="soft">None.</p>`
        : html`<ul class="cards">
            ${push.editions.map((edition) => editionCard(edition, now))}
          </ul>`
    }
    ${
      push.effects.length === 0
        ? ''
        : html`<h2>Told</h2>
            <ul class="cards">
              ${push.effects.map((effect) => effectCard(effect, now))}
            </ul>`
    }
  `
  return pageFrame({
    title: `Revision ${number}`,
    trail: [{label: name, href: `/sites/${name}`}],
    body,
  })
}

function facts({revision, renders, release}: PushProgress, now: number): Html {
  const took = (at: number) => `${(at - revision.accepted_at).toLocaleString('en')} ms later`
  return html`<dl>
    <dt>Commit</dt>
    <dd><code>${revision.commit_id}</code></dd>
    <dt>Cause</dt>
    <dd>${revision.cause}</dd>
    <dt>Accepted</dt>
    <dd>${timeAgo(revision.accepted_at, now)}</dd>
    <dt>Rendered</dt>
    <dd>${documents(renders)}, ${revision.rendered_at === null ? 'not all yet' : took(revision.rendered_at)}</dd>
    <dt>Live</dt>
    <dd>${typeof release?.live_at === 'number' ? took(release.live_at) : 'not yet'}</dd>
  </dl>`
}

/** `3 documents, 1 that cannot be`. */
function documents({done, failed, pending}: PushProgress['renders']): string {
  const bad = failed === 0 ? '' : `, ${failed} that cannot be`
  return `${counted(done + failed + pending, 'document', 'documents')}${bad}`
}

function postLine({title, change, path, status}: PushPost, url: string): Html {
  const name = status === 'live' && change !== 'removed' ? html`<a href="${url}">${title}</a>` : html`${title}`
  return html`<li>
    ${name} <span class="${change === 'broken' ? 'bad' : 'soft'}">${change}</span>
    <div class="small"><code>${path}</code></div>
  </li>`
}

function diagnosticLine(row: DiagnosticsTable): Html {
  const place: Pick<Diagnostic, 'file' | 'line' | 'column'> = {
    file: row.file,
    ...(row.line === null ? {} : {line: row.line}),
    ...(row.column_number === null ? {} : {column: row.column_number}),
  }
  return html`<li>
    <span class="stage ${row.severity === 'error' ? 'bad' : 'wait'}">${row.severity}</span>
    <code>${formatPlace(place)}</code>
    <div>${row.message}</div>
    ${row.cure === null ? '' : html`<div class="soft">${row.cure}</div>`}
  </li>`
}

function releaseFacts(release: ReleasesTable, now: number): Html {
  const {number, state, uploaded, unchanged, removed, proof, trouble, opened_at: openedAt, live_at: liveAt} = release
  return html`<dl>
    <dt>Number</dt>
    <dd>${number}, ${state}${release.live_at === null ? '' : html`, opened ${timeAgo(openedAt, now)}`}</dd>
    <dt>Outputs</dt>
    <dd>${uploaded} uploaded, ${unchanged} unchanged, ${removed} removed</dd>
    <dt>Proof</dt>
    <dd class="${proof === 'unproven' ? 'bad' : ''}">${proof ?? 'not yet'}</dd>
    <dt>Took</dt>
    <dd>${liveAt === null ? 'not live yet' : `${(liveAt - openedAt).toLocaleString('en')} ms`}</dd>
    ${
      trouble === null
        ? ''
        : html`<dt>Trouble</dt>
            <dd class="bad">${trouble}</dd>`
    }
  </dl>`
}
