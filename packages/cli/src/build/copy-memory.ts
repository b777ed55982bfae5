import {
  keepTexts,
  newestOfBranch,
  openEnd,
  type AliasesTable,
  type Db,
  type Ledger,
  type PageVersionsTable,
  type PostTermsTable,
  type RendersTable,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'

/** A commit that no repository has: what follows it is compared with memory instead of walked to. */
const lostCommit = '0'.repeat(40)
const rowsPerInsert = 100

/**
 * Copies what the head tree of an installed site cannot give: its row, the memory of its posts, its last settings
 * and theme (which stay when the tree's are broken), and the last good version of what is broken or has lost its address.
 * They stand as the newest revision of the ledger, whose documents are still to be rendered; everything else comes from the
 * tree when the next revision is accepted, as after history was rewritten.
 *
 * @throws BroadsideError `build.like` (invalid) when the site has published nothing yet.
 */
export async function copyMemory(installed: Db, ledger: Ledger, site: string): Promise<void> {
  const newest = await newestOfBranch(installed, site)
  if (newest === undefined) {
    throw new BroadsideError('invalid', 'build.like', `${site} has no revision yet, so there is nothing to be like`)
  }
  const seed = newest.number
  const siteRow = await installed.selectFrom('sites').selectAll().where('name', '=', site).executeTakeFirstOrThrow()
  const posts = await installed.selectFrom('posts').selectAll().where('site', '=', site).execute()
  const addresses = await installed.selectFrom('post_addresses').selectAll().where('site', '=', site).execute()
  // Which file waits for the name of another; which pages wait follows from the tree.
  const waiting = installed.selectFrom('waiting_pages').selectAll().where('site', '=', site)
  const names = await waiting.where('address', 'like', 'asset:%').execute()
  const kept = await keptVersions(installed, site)
  const pages = await currentOf<PageVersionsTable>(installed, 'page_versions', site)
  const owners = new Set([...kept.map(({id}) => `post ${id}`), ...pages.map(({path}) => `page ${path}`)])
  const aliases = await currentOf<AliasesTable>(installed, 'aliases', site)
  const terms = await currentOf<PostTermsTable>(installed, 'post_terms', site)
  const renders = [
    ...kept
      .filter(({status}) => status === 'live' || status === 'scheduled')
      .map((version) => renderOf(seed, 'post', version.id, version)),
    ...pages.map((version) => renderOf(seed, 'page', version.path, version)),
  ]
  const texts = await textsOf(installed, [
    newest.settings_hash,
    newest.theme_hash,
    ...kept.map(({source_hash}) => source_hash),
    ...pages.map(({source_hash}) => source_hash),
  ])
  const atSeed = <Row extends {from_revision: number}>(rows: Row[]) =>
    rows.map((row) => ({...row, from_revision: seed}))

  await ledger.transaction(async (db) => {
    await db
      .insertInto('sites')
      .values({...siteRow, first_revision: seed})
      .execute()
    for (const chunk of chunks(texts)) {
      await keepTexts(db, chunk)
    }
    for (const chunk of chunks(posts)) await db.insertInto('posts').values(chunk).execute()
    for (const chunk of chunks(names)) await db.insertInto('waiting_pages').values(chunk).execute()
    for (const chunk of chunks(addresses)) await db.insertInto('post_addresses').values(chunk).execute()
    for (const chunk of chunks(atSeed(kept))) await db.insertInto('post_versions').values(chunk).execute()
    for (const chunk of chunks(atSeed(pages))) await db.insertInto('page_versions').values(chunk).execute()
    const owned = aliases.filter(({kind, owner}) => owners.has(`${kind} ${owner}`))
    for (const chunk of chunks(atSeed(owned))) await db.insertInto('aliases').values(chunk).execute()
    const filed = terms.filter(({post}) => owners.has(`post ${post}`))
    for (const chunk of chunks(atSeed(filed))) await db.insertInto('post_terms').values(chunk).execute()
    for (const chunk of chunks(renders)) await db.insertInto('renders').values(chunk).execute()
    await db
      .insertInto('revisions')
      .values({...newest, commit_id: lostCommit, state: 'accepted'})
      .execute()
  })
}

/** Current versions of posts whose newest file is not what they show: it is broken, or its address is taken. */
async function keptVersions(installed: Db, site: string) {
  return installed
    .selectFrom('post_versions as v')
    .innerJoin('posts as m', (join) => join.onRef('m.site', '=', 'v.site').onRef('m.id', '=', 'v.id'))
    .selectAll('v')
    .where('v.site', '=', site)
    .where('v.to_revision', '=', openEnd)
    .where((e) => e.or([e('v.source_hash', '!=', e.ref('m.source_hash')), e('m.blocked_by', 'is not', null)]))
    .execute()
}

async function currentOf<Row>(db: Db, table: 'page_versions' | 'aliases' | 'post_terms', site: string): Promise<Row[]> {
  const rows = await db
    .selectFrom(table as 'page_versions')
    .selectAll()
    .where('site', '=', site)
    .where('to_revision', '=', openEnd)
    .execute()
  return rows as unknown as Row[]
}

function renderOf(
  seed: number,
  kind: 'post' | 'page',
  subject: string,
  {site, path, fragment_key, source_hash}: {site: string; path: string; fragment_key: string; source_hash: string},
): RendersTable {
  return {site, revision: seed, kind, subject, fragment_key, source_hash, file: path, told: 0, state: 'pending'}
}

async function textsOf(db: Db, hashes: string[]) {
  const found: {hash: string; body: string}[] = []
  for (const chunk of chunks([...new Set(hashes)])) {
    found.push(...(await db.selectFrom('texts').selectAll().where('hash', 'in', chunk).execute()))
  }
  return found
}

function* chunks<Row>(rows: Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) yield rows.slice(start, start + rowsPerInsert)
}
