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
  for (const {id, after} of changes) {
    const record = after?.status === 'live' ? memory.byId(id) : undefined
    if (record !== undefined) record.firstLiveRevision ??= number
  }
  const records = memory.loaded()
  // Paths are unique, and two posts may have changed places: all are cleared before any is set.
  const known = [...memory.dropped(), ...records.filter((record) => !memory.isNew(record)).map(({id}) => id)]
  for (const chunk of inChunks(known)) {
    await db.deleteFrom('posts').where('site', '=', site).where('id', 'in', chunk).execute()
  }
  for (const chunk of inChunks(records)) {
    const rows = chunk.map((record) => fromRecord(site, record))
    await db.insertInto('posts').values(rows).execute()
  }
}

async function writeAddresses(
  db: Db,
  site: string,
  number: number,
  {onTheWay, pages}: Draft,
  changes: PostChange[],
): Promise<void> {
  function* rows() {
    const row = (post: string, address: string, nth: number) => ({site, post, since_revision: number, address, nth})
    // Of two judgements that gave it the first is remembered.
    for (const [id, had] of onTheWay.postsHad) for (const [address, nth] of had) yield row(id, address, nth)
    // A page has no identity that outlives its path: what is remembered is that something was at its address.
    for (const [address, nth] of onTheWay.pagesHad) yield row(noPost, address, nth)
    const nth = onTheWay.taken()
    for (const {id, after} of changes) if (after?.status === 'live') yield row(id, after.address, nth)
    for (const {address} of pages.accepted) yield row(noPost, address, nth)
  }
  for (const chunk of inChunks(rows())) {
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
  function* judged() {
    for (const {record, nextChangeAt} of draft.accepted) yield {id: record.id, nextChangeAt}
    for (const {current, nextChangeAt} of draft.ticked) yield {id: current.id, nextChangeAt}
    yield* draft.waiting
  }
  const due = new Map<string, number>()
  for (const {id, nextChangeAt} of judged()) {
    if (nextChangeAt === undefined) due.delete(id)
    else due.set(id, nextChangeAt)
  }
  function* over() {
    yield* draft.leaving
    for (const {id} of judged()) yield id
  }
  for (const chunk of inChunks((await hasTimers(db, site)) ? over() : [])) {
    await db
      .deleteFrom('timers')
      .where('site', '=', site)
      .where('owner', '=', 'intake')
      .where('key', 'in', chunk)
      .execute()
  }
  const timers = [...due].map(([key, at]) => ({site, owner: 'intake', key, due: at}))
  for (const chunk of inChunks(timers)) await db.insertInto('timers').values(chunk).execute()
}

async function hasTimers(db: Db, site: string): Promise<boolean> {
  const query = db.selectFrom('timers').select('key').where('site', '=', site).where('owner', '=', 'intake')
  return (await query.limit(1).executeTakeFirst()) !== undefined
}
