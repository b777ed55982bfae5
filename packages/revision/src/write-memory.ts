import type {Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'
import {fromRecord} from './post-record.ts'
import type {PostChange} from './write-posts.ts'
import type {Draft} from './write-revision.ts'

/** In the place of a post's id, with the addresses of pages. */
const noPost = ''

/** Writes what is remembered: identities of posts, when they are due, and the addresses that posts and pages have had. */
export async function writeMemory(
  db: Db,
  {site, asOf}: {site: string; asOf: number},
  number: number,
  draft: Draft,
  changes: PostChange[],
): Promise<void> {
  await writeRecords(db, site, number, draft, changes)
  await writeAddresses(db, site, number, draft, changes)
  await writeTimers(db, site, draft, asOf)
}

async function writeRecords(
  db: Db,
  site: string,
  number: number,
  {memory}: Draft,
  changes: PostChange[],
): Promise<void> {
  const live = new Set(changes.filter(({after}) => after?.status === 'live').map(({id}) => id))
  const records = memory.loaded()
  for (const record of records) if (live.has(record.id)) record.firstLiveRevision ??= number
  // Paths are unique, and two posts may have changed places: all are cleared before any is set.
  const known = [...memory.dropped(), ...records.filter((record) => !memory.isNew(record)).map(({id}) => id)]
  for (const chunk of inChunks(known)) {
    await db.deleteFrom('posts').where('site', '=', site).where('id', 'in', chunk).execute()
  }
  for (const chunk of inChunks(records.map((record) => fromRecord(site, record)))) {
    await db.insertInto('posts').values(chunk).execute()
  }
}

async function writeAddresses(
  db: Db,
  site: string,
  number: number,
  {onTheWay, pages}: Draft,
  changes: PostChange[],
): Promise<void> {
  const addresses: {id: string; address: string; nth: number}[] = []
  // Of two judgements that gave it the first is remembered.
  for (const [id, had] of onTheWay.postsHad) for (const [address, nth] of had) addresses.push({id, address, nth})
  // A page has no identity that outlives its path: what is remembered is that something was at its address.
  for (const [address, nth] of onTheWay.pagesHad) addresses.push({id: noPost, address, nth})
  const nth = onTheWay.taken()
  for (const {id, after} of changes) if (after?.status === 'live') addresses.push({id, address: after.address, nth})
  for (const {address} of pages.accepted) addresses.push({id: noPost, address, nth})
  const rows = addresses.map(({id, ...had}) => ({site, post: id, since_revision: number, ...had}))
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('post_addresses')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  }
}

async function writeTimers(db: Db, site: string, draft: Draft, asOf: number): Promise<void> {
  await db
    .deleteFrom('timers')
    .where('site', '=', site)
    .where('owner', '=', 'intake')
    .where('due', '<=', asOf)
    .execute()
  const due = new Map([
    ...draft.accepted.map(({record, nextChangeAt}) => [record.id, nextChangeAt] as const),
    ...draft.ticked.map(({current, nextChangeAt}) => [current.id, nextChangeAt] as const),
    ...draft.waiting.map(({id, nextChangeAt}) => [id, nextChangeAt] as const),
  ])
  for (const chunk of inChunks([...new Set([...draft.leaving, ...due.keys()])])) {
    await db
      .deleteFrom('timers')
      .where('site', '=', site)
      .where('owner', '=', 'intake')
      .where('key', 'in', chunk)
      .execute()
  }
  const timers = [...due].flatMap(([id, nextChangeAt]) =>
    nextChangeAt === undefined ? [] : [{site, owner: 'intake', key: id, due: nextChangeAt}],
  )
  for (const chunk of inChunks(timers)) await db.insertInto('timers').values(chunk).execute()
}
