import {setImmediate} from 'node:timers/promises'
import {sql} from 'kysely'
import {isRemoved} from './is-removed.ts'
import type {Db, Ledger} from './open-ledger.ts'
import {stateIs} from './state-is.ts'

/** Rows that one transaction removes, so that others wait for milliseconds. */
const atOnce = 500

/** Tables in which a preview has rows, and what names a row of its site. Revisions are last: they tell what is left. */
const tables = [
  ['release_outputs', 'release', 'address'],
  ['releases', 'number'],
  ['renders', 'revision', 'kind', 'subject'],
  ['changes', 'revision', 'kind', 'subject'],
  ['diagnostics', 'revision', 'file'],
  ['post_terms', 'kind', 'key', 'date', 'post', 'from_revision'],
  ['post_versions', 'id', 'from_revision'],
  ['post_addresses', 'post', 'address'],
  ['posts', 'id'],
  ['page_versions', 'path', 'from_revision'],
  ['asset_versions', 'path', 'from_revision'],
  ['redirect_versions', 'from_address', 'from_revision'],
  ['aliases', 'address', 'kind', 'owner', 'from_revision'],
  ['links', 'target', 'kind', 'owner', 'from_revision'],
  ['waiting_pages', 'path'],
  ['unchecked_links', 'revision'],
  ['image_files', 'source', 'recipe'],
  ['loose_binaries', 'hash'],
  ['effects', 'kind', 'target', 'subject', 'version'],
  ['effect_cursors', 'fact'],
  ['holds', 'revision'],
  ['hints', 'source', 'delivery'],
  ['timers', 'owner', 'key'],
  ['revisions', 'number'],
] as const

/**
 * Forgets all that the ledger has of a preview that is over: what it copied of its site, and its own history. Its
 * manifest stays, which goes with its files. Small transactions; a crash leaves the rest to a repeat, any number may do
 * it at once, and of a preview that is not over, or no longer, nothing is taken.
 */
export async function forgetPreview(db: Db, preview: string): Promise<void> {
  const isOver = sql`exists (select 1 from sites where name = ${preview} and preview_of is not null and ${stateIs('removed')})`
  for (const [table, ...names] of tables) {
    const columns = sql.join(names.map((name) => sql.ref(name)))
    const some = sql`select ${columns} from ${sql.table(table)} where site = ${preview} limit ${atOnce}`
    for (let found = 1n; found > 0n;) {
      const removed = await sql`delete from ${sql.table(table)}
        where site = ${preview} and (${columns}) in (${some}) and ${isOver}`.execute(db)
      found = removed.numAffectedRows ?? 0n
      // Whoever waits for the ledger in this process comes first.
      await setImmediate()
    }
  }
}

/** Previews that are over and have files or history left. */
export async function previewsToClear(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('sites as s')
    .select('s.name')
    .where('s.preview_of', 'is not', null)
    .where('s.state', '=', 'removed')
    .where(({or, exists, selectFrom}) =>
      or([
        exists(selectFrom('manifest as m').select('m.key').whereRef('m.site', '=', 's.name')),
        exists(selectFrom('revisions as r').select('r.number').whereRef('r.site', '=', 's.name')),
      ]),
    )
    .execute()
  return rows.map(({name}) => name)
}

/** Takes the name of a preview that is over and has nothing left, neither files nor history; else it does nothing. */
export async function dropPreview(ledger: Ledger, preview: string): Promise<void> {
  await ledger.transaction(async (db) => {
    if (!(await isRemoved(db, preview)) || (await previewsToClear(db)).includes(preview)) return
    const dropped = db.deleteFrom('sites').where('name', '=', preview).where('preview_of', 'is not', null)
    if ((await dropped.executeTakeFirst()).numDeletedRows === 0n) return
    await db.deleteFrom('timers').where('site', '=', preview).execute()
  })
}
