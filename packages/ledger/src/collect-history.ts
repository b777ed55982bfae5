import {setImmediate} from 'node:timers/promises'
import {sql, type RawBuilder} from 'kysely'
import {historyHorizon} from './history-horizon.ts'
import type {Db, Ledger} from './open-ledger.ts'

/** Rows that were collected, or would be. */
export type CollectedHistory = {
  versions: number
  outputs: number
  texts: number
  fragments: number
  events: number
  /** Hints that were followed, and what was told to the outside. */
  told: number
}

/** Owners, texts or fragments that one transaction looks at, so that others wait for milliseconds. */
const atOnce = 200
/** What is over is kept so long for who asks what became of a push; a forge repeats a delivery for three days. */
const overKeptMs = 30 * 86_400_000

/** Tables of versions, and the column after the site in an index of theirs. */
const versioned = [
  ['post_versions', 'id'],
  ['post_terms', 'post'],
  ['page_versions', 'path'],
  ['aliases', 'address'],
  ['links', 'target'],
  ['asset_versions', 'path'],
  ['redirect_versions', 'from_address'],
] as const

/** A post that is gone keeps what it was last, for its title in what was mailed and pushed. */
const isReplaced = sql`exists (select 1 from post_versions n
  where n.site = t.site and n.id = t.id and n.from_revision > t.from_revision)`

/**
 * Removes the versions of a site that ended before anybody may still look, and what releases long gone have planned. The
 * revision from which on all is whole is noted first, in `collected`, so that nobody opens an older one. Small
 * transactions; a crash leaves the rest to a repeat, and a repeat finds nothing.
 */
export async function collectVersions(
  ledger: Ledger,
  {site, keptReleases, isDry}: {site: string; keptReleases: number; isDry: boolean},
): Promise<Pick<CollectedHistory, 'versions' | 'outputs'>> {
  const found = {versions: 0, outputs: 0}
  const horizon = await historyHorizon(ledger.db, site, keptReleases)
  if (horizon === undefined) return found
  if (!isDry) await raiseCollected(ledger.db, site, horizon.revision)
  for (const [table, column] of versioned) {
    const ended = sql`t.site = ${site} and t.to_revision <= ${horizon.revision}`
    const which = table === 'post_versions' ? sql`${ended} and ${isReplaced}` : ended
    for await (const range of ranges(ledger.db, {table, column, site}))
      found.versions += await remove(ledger, {table, isDry, where: sql`${which} and ${range}`})
  }
  const planned = sql`t.site = ${site} and t.release < ${horizon.release}`
  for await (const range of ranges(ledger.db, {table: 'release_outputs', column: 'release', site, limit: 1}))
    found.outputs += await remove(ledger, {table: 'release_outputs', isDry, where: sql`${planned} and ${range}`})
  return found
}

/**
 * Removes texts and fragments that no version of any site names, events that the stream has had for a month, and hints
 * and effects that were settled a month ago.
 */
export async function collectTexts(
  ledger: Ledger,
  {now, isDry}: {now: number; isDry: boolean},
): Promise<Pick<CollectedHistory, 'texts' | 'fragments' | 'events' | 'told'>> {
  const found = {texts: 0, fragments: 0, events: 0, told: 0}
  for await (const range of ranges(ledger.db, {table: 'texts', column: 'hash'}))
    found.texts += await remove(ledger, {table: 'texts', isDry, where: sql`${range} and ${unusedText}`})
  for await (const range of ranges(ledger.db, {table: 'fragments', column: 'key'}))
    found.fragments += await remove(ledger, {table: 'fragments', isDry, where: sql`${range} and ${unusedFragment}`})
  for (const [table, settledAt, count] of settled) {
    const old = sql`${settledAt} < ${now - overKeptMs}`
    for await (const range of ranges(ledger.db, {table, column: 'id'}))
      found[count] += await remove(ledger, {table, isDry, where: sql`${range} and ${old}`})
  }
  return found
}

/** Rows that are over one day, and since when; null for those that are not. */
const settled = [
  ['outbox', sql`t.published_at`, 'events'],
  ['hints', sql`t.closed_at`, 'told'],
  ['effects', sql`t.settled_at`, 'told'],
] as const

const unusedText = sql`
  not exists (select 1 from post_versions v where v.source_hash = t.hash)
  and not exists (select 1 from page_versions v where v.source_hash = t.hash)
  and not exists (select 1 from editions e where e.message_hash = t.hash)
  and not exists (select 1 from consents c where c.text_hash = t.hash)
  and not exists (select 1 from sites s join posts p on p.site = s.name and p.source_hash = t.hash)
  and not exists (select 1 from renders r where r.state = 'pending' and r.source_hash = t.hash)
  and not exists (select 1 from revisions r join sites s on s.name = r.site
    where r.settings_hash = t.hash and r.number >= coalesce(s.collected, 0))
  and not exists (select 1 from revisions r join sites s on s.name = r.site
    where r.theme_hash = t.hash and r.number >= coalesce(s.collected, 0))`

const unusedFragment = sql`
  not exists (select 1 from post_versions v where v.fragment_key = t.key)
  and not exists (select 1 from page_versions v where v.fragment_key = t.key)
  and not exists (select 1 from renders r where r.state = 'pending' and r.fragment_key = t.key)`

async function raiseCollected(db: Db, site: string, revision: number): Promise<void> {
  await db
    .updateTable('sites')
    .set({collected: revision})
    .where('name', '=', site)
    .where((e) => e.or([e('collected', 'is', null), e('collected', '<', revision)]))
    .execute()
}

type Range = {table: string; column: string; site?: string; limit?: number}

/** The table in pieces, each a condition on `t`: so many different values of the column, in their order. */
async function* ranges(db: Db, {table, column, site, limit = atOnce}: Range): AsyncGenerator<RawBuilder<unknown>> {
  const name = sql.ref(`t.${column}`)
  const ofSite = site === undefined ? sql`1` : sql`t.site = ${site}`
  let after: string | number | undefined
  for (;;) {
    const isNext = after === undefined ? sql`1` : sql`${name} > ${after}`
    const values = sql<{value: string | number}>`select distinct ${name} as value
      from ${sql.table(table)} t where ${ofSite} and ${isNext} order by ${name} limit ${limit}`
    const {rows} = await values.execute(db)
    const upTo = rows.at(-1)?.value
    if (upTo === undefined) return
    yield sql`${isNext} and ${name} <= ${upTo}`
    after = upTo
    // Whoever waits for the ledger in this process comes first.
    await setImmediate()
  }
}

async function remove(
  {db}: Ledger,
  {table, isDry, where}: {table: string; isDry: boolean; where: RawBuilder<unknown>},
): Promise<number> {
  if (isDry) {
    const {rows} = await sql<{
      count: number
    }>`select count(*) as count from ${sql.table(table)} t where ${where}`.execute(db)
    return Number(rows[0]?.count ?? 0)
  }
  const {numAffectedRows} = await sql`delete from ${sql.table(table)} as t where ${where}`.execute(db)
  return Number(numAffectedRows ?? 0)
}
