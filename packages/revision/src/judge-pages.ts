import type {Diagnostic, PostMeta, SiteSettings} from '@broadside/content'
import {openEnd, type Db, type PageVersionsTable} from '@broadside/ledger'
import {fragmentKey} from '@broadside/markdown'
import {isReserved, pageAddress} from '@broadside/site'
import {markdownOptions} from './markdown-options.ts'
import type {ReadSource, SourceReader} from './source-reader.ts'

export type PageCandidate = {path: string; source: ReadSource; meta: PostMeta; address: string; fragmentKey: string}

export type JudgedPages = {accepted: PageCandidate[]; gone: string[]; diagnostics: Diagnostic[]; broken: string[]}

/** Reads the pages that were touched; of two that want one address the first by path has it, and never over a post. */
export async function judgePages(
  db: Db,
  site: string,
  touched: Map<string, string | undefined>,
  reader: SourceReader,
  settings: SiteSettings,
): Promise<JudgedPages> {
  const judged: JudgedPages = {accepted: [], gone: [], diagnostics: [], broken: []}
  const claims = new Map<string, string>()
  for (const [path, oid] of [...touched].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (oid === undefined) {
      judged.gone.push(path)
      continue
    }
    const source = await reader.read('page', path, oid)
    judged.diagnostics.push(...source.diagnostics)
    if (source.post === undefined) {
      judged.broken.push(path)
      continue
    }
    const {meta, body, bodyLine} = source.post
    const address = pageAddress(meta)
    const markdown = markdownOptions(settings, meta.language)
    const holder = claims.get(address) ?? (await holderOf(db, site, address, touched))
    if (meta.draft) {
      judged.gone.push(path)
    } else if (isReserved(address) || holder !== undefined) {
      judged.broken.push(path)
      judged.diagnostics.push({
        severity: 'error',
        code: 'page.address-taken',
        file: path,
        message: `its address ${address} belongs to ${holder ?? 'Broadside itself'}`,
        cure: 'Give it another slug: or permalink: in its front matter',
      })
    } else {
      claims.set(address, path)
      judged.accepted.push({
        path,
        source,
        meta,
        address,
        fragmentKey: fragmentKey(body, {file: path, bodyLine, markdown}),
      })
    }
  }
  return judged
}

async function holderOf(db: Db, site: string, address: string, touched: Map<string, unknown>) {
  const pages = await db
    .selectFrom('page_versions')
    .select('path')
    .where('site', '=', site)
    .where('address', '=', address)
    .where('to_revision', '=', openEnd)
    .execute()
  const page = pages.find(({path}) => !touched.has(path))
  if (page !== undefined) return page.path
  const post = await db
    .selectFrom('post_versions')
    .select('path')
    .where('site', '=', site)
    .where('address', '=', address)
    .where('to_revision', '=', openEnd)
    .where('status', '=', 'live')
    .executeTakeFirst()
  return post?.path
}

/** `updated` is told only by front matter: a page has no date of its own. */
export function toPageRow(site: string, revision: number, page: PageCandidate): PageVersionsTable {
  const {title, description, canonical, image, imageAlt} = page.meta
  return {
    site,
    path: page.path,
    from_revision: revision,
    to_revision: openEnd,
    address: page.address,
    source_hash: page.source.hash,
    fragment_key: page.fragmentKey,
    meta: JSON.stringify({title, description, canonical, image, imageAlt}),
    updated: page.meta.updated ?? null,
  }
}
