import {caseFolded, openEnd, type Db} from '@broadside/ledger'
import {aliasesOf} from './candidate.ts'
import {inChunks} from './in-chunks.ts'
import {toPageRow} from './judge-pages.ts'
import {writeWaitingFiles} from './settle-case.ts'
import {beginPage, endPages} from './version-rows.ts'
import type {Draft} from './write-revision.ts'

/** Writes the pages, files and redirects that end and begin with the revision. */
export async function writeFiles(db: Db, site: string, number: number, draft: Draft): Promise<void> {
  await writePages(db, site, number, draft)
  await writeAssets(db, site, number, draft)
  await writeWaitingFiles(db, site, draft.names)
  await writeRedirects(db, site, number, draft)
}

async function writePages(db: Db, site: string, number: number, {pages}: Draft): Promise<void> {
  const ended = [...pages.gone, ...pages.accepted.map(({path}) => path)]
  await endPages(db, site, ended, number)
  for (const page of pages.accepted) {
    await beginPage(db, toPageRow(site, number, page), aliasesOf(page.address, page.meta.aliases, []))
  }
  for (const chunk of inChunks([...ended, ...pages.broken])) {
    await db.deleteFrom('waiting_pages').where('site', '=', site).where('path', 'in', chunk).execute()
  }
  for (const chunk of inChunks(pages.waiting.map((page) => ({site, ...page})))) {
    await db.insertInto('waiting_pages').values(chunk).execute()
  }
}

async function writeAssets(db: Db, site: string, number: number, {assets}: Draft): Promise<void> {
  for (const chunk of inChunks(assets.map(({path}) => path))) {
    await db
      .updateTable('asset_versions')
      .set({to_revision: number})
      .where('site', '=', site)
      .where('path', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
  }
  const rows = assets.flatMap(({path, ...file}) =>
    file.hash === undefined
      ? []
      : [{site, path, folded_path: caseFolded(path), from_revision: number, to_revision: openEnd, ...file}],
  )
  for (const chunk of inChunks(rows)) await db.insertInto('asset_versions').values(chunk).execute()
}

async function writeRedirects(db: Db, site: string, number: number, {redirects}: Draft): Promise<void> {
  if (redirects === undefined) return
  await db
    .updateTable('redirect_versions')
    .set({to_revision: number})
    .where('site', '=', site)
    .where('to_revision', '=', openEnd)
    .execute()
  const rows = redirects.map(({from, to, status}) => ({
    site,
    from_address: from,
    to_address: to,
    status,
    from_revision: number,
    to_revision: openEnd,
  }))
  for (const chunk of inChunks(rows)) await db.insertInto('redirect_versions').values(chunk).execute()
}
