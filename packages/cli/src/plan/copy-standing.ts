import {newestOfBranch, openEnd, type Db, type Ledger, type RendersTable} from '@broadside/ledger'

/** Tables whose rows hold from one revision to another: what holds now is copied. */
const versioned = [
  'post_versions',
  'post_terms',
  'page_versions',
  'asset_versions',
  'redirect_versions',
  'aliases',
  'links',
] as const
/** Tables that say what is remembered. */
const remembered = ['posts', 'post_addresses', 'waiting_pages', 'timers'] as const
const rowsAtOnce = 100

/**
 * Copies a site as it stands in an installed ledger to a fresh one, under the number and commit of its newest revision,
 * so that accepting a commit there goes the way that it would go in the installed one. Nothing is written to that one.
 *
 * @returns the number of the revision; undefined when the site has none, and then only its row is copied.
 */
export async function copyStanding(installed: Db, ledger: Ledger, site: string): Promise<number | undefined> {
  const newest = await newestOfBranch(installed, site)
  const row = await installed.selectFrom('sites').selectAll().where('name', '=', site).executeTakeFirstOrThrow()
  // Where readers are held is no part of what the branch has led to.
  await ledger.db
    .insertInto('sites')
    .values({...row, pinned: null})
    .execute()
  if (newest === undefined) return undefined
  for (const table of remembered) await copyRows(ledger, table, await rowsOf(installed, table, site))
  for (const table of versioned) await copyRows(ledger, table, await rowsOf(installed, table, site, openEnd))

  const posts = await ledger.db.selectFrom('post_versions').selectAll().execute()
  const pages = await ledger.db.selectFrom('page_versions').selectAll().execute()
  const memory = await ledger.db.selectFrom('posts').select('source_hash').execute()
  const hashes = [...posts, ...pages, ...memory].flatMap(({source_hash: hash}) => hash ?? [])
  await copyNamed(installed, ledger, 'texts', 'hash', [newest.settings_hash, newest.theme_hash, ...hashes])
  const shown = posts.filter(({status}) => status === 'live' || status === 'scheduled')
  const keys = [...shown, ...pages].map(({fragment_key: key}) => key)
  await copyNamed(installed, ledger, 'fragments', 'key', keys)
  const files = await ledger.db.selectFrom('asset_versions').select('hash').execute()
  const ofFiles = files.map(({hash}) => hash)
  await copyNamed(installed, ledger, 'images', 'hash', ofFiles)

  const rendered = new Set((await ledger.db.selectFrom('fragments').select('key').execute()).map(({key}) => key))
  const renderOf = (kind: string, subject: string, version: (typeof shown)[number] | (typeof pages)[number]) => ({
    site,
    revision: newest.number,
    kind,
    subject,
    fragment_key: version.fragment_key,
    source_hash: version.source_hash,
    file: version.path,
    told: 0,
    state: 'pending',
  })
  // What the installed site is still rendering is rendered here as well.
  const renders: RendersTable[] = [
    ...shown.map((post) => renderOf('post', post.id, post)),
    ...pages.map((page) => renderOf('page', page.path, page)),
  ].filter((row) => !rendered.has(row.fragment_key))
  await copyRows(ledger, 'renders', renders)
  await ledger.db
    .insertInto('revisions')
    .values({...newest, state: renders.length === 0 ? 'rendered' : 'accepted'})
    .execute()
  return newest.number
}

type SiteTable = (typeof versioned)[number] | (typeof remembered)[number]

async function rowsOf(installed: Db, table: SiteTable, site: string, until?: number): Promise<object[]> {
  const all = installed
    .selectFrom(table as 'post_versions')
    .selectAll()
    .where('site', '=', site)
  return (until === undefined ? all : all.where('to_revision', '=', until)).execute()
}

async function copyNamed(
  installed: Db,
  ledger: Ledger,
  table: 'texts' | 'fragments' | 'images',
  column: 'hash' | 'key',
  names: string[],
): Promise<void> {
  const wanted = [...new Set(names)]
  for (let from = 0; from < wanted.length; from += rowsAtOnce) {
    const rows = await installed
      .selectFrom(table as 'texts')
      .selectAll()
      .where(column as 'hash', 'in', wanted.slice(from, from + rowsAtOnce))
      .execute()
    await copyRows(ledger, table, rows)
  }
}

async function copyRows(
  ledger: Ledger,
  table: SiteTable | 'texts' | 'fragments' | 'images' | 'renders',
  rows: object[],
) {
  await ledger.transaction(async (db) => {
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const chunk = rows.slice(from, from + rowsAtOnce)
      await db
        .insertInto(table as 'texts')
        .values(chunk as never)
        .onConflict((c) => c.doNothing())
        .execute()
    }
  })
}
