import type {Instant} from '@broadside/content'
import type {Urls} from './addresses.ts'
import {addressOf} from './place.ts'
import type {SiteContext} from './site-context.ts'
import type {SiteView} from './site-view.ts'

type Entry = {address: string; changedAt: Instant | undefined}

/**
 * A sitemap (sitemaps.org, protocol 0.9): `index` names the others, `pages` has what is no post, and each month has its
 * posts. `lastmod` is the content's own last change and left out where there is none to tell. Undefined for a month
 * without posts.
 */
export async function buildSitemap(context: SiteContext, part: string): Promise<string | undefined> {
  const {view, urls} = context
  if (part === 'index') return documentOf('sitemapindex', 'sitemap', urls, await monthsOf(view))
  if (part === 'pages') return documentOf('urlset', 'url', urls, await pagesOf(view))
  const posts = await view.inPeriod({kind: 'all'}, part)
  if (posts.length === 0) return undefined
  const own = posts.filter(({meta}) => meta.canonical === undefined)
  return documentOf(
    'urlset',
    'url',
    urls,
    own.map(({address, date, updated}) => ({address, changedAt: updated ?? date})),
  )
}

async function monthsOf(view: SiteView): Promise<Entry[]> {
  const entries: Entry[] = [{address: addressOf({kind: 'sitemap', part: 'pages'}), changedAt: undefined}]
  for (const year of await view.periodsOf({kind: 'all'}, '')) {
    for (const {period, changedAt} of await view.periodsOf({kind: 'all'}, year.period))
      entries.push({address: addressOf({kind: 'sitemap', part: period}), changedAt})
  }
  return entries
}

async function pagesOf(view: SiteView): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const {address, meta, updated} of view.pages())
    if (meta.canonical === undefined) entries.push({address, changedAt: updated})
  entries.sort((a, b) => (a.address < b.address ? -1 : 1))
  const archive = addressOf({kind: 'list', shelf: {kind: 'all'}, period: ''})
  return [{address: '/', changedAt: undefined}, {address: archive, changedAt: undefined}, ...entries]
}

function documentOf(root: string, element: string, urls: Urls, entries: Entry[]): string {
  const lines = entries.map(({address, changedAt}) => {
    const lastmod = changedAt === undefined ? '' : `<lastmod>${new Date(changedAt).toISOString()}</lastmod>`
    return `<${element}><loc>${escapeXml(urls.absolute(address))}</loc>${lastmod}</${element}>\n`
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${lines.join('')}</${root}>
`
}

/** What percent-encoding leaves of XML's own signs. */
function escapeXml(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll("'", '&apos;')
}
