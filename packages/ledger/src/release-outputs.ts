import type {Db} from './open-ledger.ts'
import {stateIs} from './state-is.ts'
import type {ReleaseOutputsTable} from './tables.ts'

const chunk = 100

/** What releases after `release` have planned: a superseded one may have put some of it. */
export async function addressesPlannedAfter(db: Db, site: string, release: number): Promise<string[]> {
  const rows = await db
    .selectFrom('release_outputs')
    .select('address')
    .distinct()
    .where('site', '=', site)
    .where('release', '>', release)
    .execute()
  return rows.map(({address}) => address)
}

export async function planOutputs(db: Db, rows: ReleaseOutputsTable[]): Promise<void> {
  for (let start = 0; start < rows.length; start += chunk) {
    await db
      .insertInto('release_outputs')
      .values(rows.slice(start, start + chunk))
      .onConflict((c) => c.doNothing())
      .execute()
  }
}

export type Wave = {site: string; release: number; wave: number}
export type PartOfWave = Wave & {part: number}

/** The outputs of a wave that are left to settle. */
function openOutputs(db: Db, {site, release, wave}: Wave) {
  return db
    .selectFrom('release_outputs')
    .where('site', '=', site)
    .where('release', '=', release)
    .where('wave', '=', wave)
    .where(stateIs('planned'))
}

export async function outputsOfPart(db: Db, key: PartOfWave): Promise<ReleaseOutputsTable[]> {
  return openOutputs(db, key).selectAll().where('part', '=', key.part).orderBy('address').execute()
}

/** The next part behind this one that waits, of every `lanes`th part; undefined when there is none. */
export async function nextOpenPart(db: Db, key: PartOfWave, lanes: number): Promise<number | undefined> {
  const row = await openOutputs(db, key)
    .select('part')
    .where('part', '>', key.part)
    .where((e) => e(e('part', '%', lanes), '=', key.part % lanes))
    .orderBy('part')
    .limit(1)
    .executeTakeFirst()
  return row?.part
}

/** Whether any part of the wave waits. */
export async function isAnyOpen(db: Db, wave: Wave): Promise<boolean> {
  return (await openOutputs(db, wave).select('part').limit(1).executeTakeFirst()) !== undefined
}

/** The parts of a wave that have outputs left to settle. */
export async function openParts(db: Db, wave: Wave): Promise<number[]> {
  const rows = await openOutputs(db, wave).select('part').distinct().orderBy('part').execute()
  return rows.map(({part}) => part)
}

/** `same` or `gone` (the view has nothing there: to be removed once the release is live), then `removed` or `kept`. */
export async function settleOutputs(
  db: Db,
  site: string,
  release: number,
  addresses: string[],
  state: 'same' | 'gone' | 'removed' | 'kept',
): Promise<void> {
  for (let start = 0; start < addresses.length; start += chunk) {
    await db
      .updateTable('release_outputs')
      .set({state})
      .where('site', '=', site)
      .where('release', '=', release)
      .where('address', 'in', addresses.slice(start, start + chunk))
      .execute()
  }
}

/** These were put, and what: the row of each with the SHA-256 of its bytes. */
export async function settlePuts(db: Db, rows: (ReleaseOutputsTable & {hash: string})[]): Promise<void> {
  for (let start = 0; start < rows.length; start += chunk) {
    await db
      .insertInto('release_outputs')
      .values(rows.slice(start, start + chunk).map((row) => ({...row, state: 'put'})))
      .onConflict((c) =>
        c.columns(['site', 'release', 'address']).doUpdateSet({state: 'put', hash: (e) => e.ref('excluded.hash')}),
      )
      .execute()
  }
}

export async function outputsIn(db: Db, site: string, release: number, state: string): Promise<ReleaseOutputsTable[]> {
  return db
    .selectFrom('release_outputs')
    .selectAll()
    .where('site', '=', site)
    .where('release', '=', release)
    .where('state', '=', state)
    .orderBy('address')
    .execute()
}
