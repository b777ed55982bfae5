import type {Db, PostsTable} from '@broadside/ledger'
import {toRecord, type PostRecord} from './post-record.ts'
import {inChunks} from './in-chunks.ts'

/** Post records by id and by each of their paths: rows of the ledger as they are asked for, and what is done to them. */
export type MemoryIndex = {
  load: (wanted: {paths?: Iterable<string>; ids?: Iterable<string>}) => Promise<void>
  byId: (id: string) => PostRecord | undefined
  /** The post that is at `path` now. */
  at: (path: string) => PostRecord | undefined
  /** The absent post that was last seen at `path`; of several the one born there, then the first by id. */
  absentAt: (path: string) => PostRecord | undefined
  /** How many posts were born at `path`. */
  bornAt: (path: string) => number
  add: (record: PostRecord) => void
  drop: (record: PostRecord) => void
  rename: (record: PostRecord, id: string) => void
  place: (record: PostRecord, path: string) => void
  remove: (record: PostRecord) => void
  /** Whether the record is a row of the ledger. */
  isStored: (record: PostRecord) => boolean
  all: () => PostRecord[]
}

export function createMemoryIndex(db: Db, site: string): MemoryIndex {
  const records = new Map<string, PostRecord>()
  const present = new Map<string, PostRecord>()
  /** By the path where it was last, which none of the posts has that are there. */
  const absent = new Map<string, PostRecord[]>()
  const births = new Map<string, number>()
  const read = {paths: new Set<string>(), ids: new Set<string>()}
  /** Ids that the ledger's rows had when they were read: a record may have another one by now. */
  const known = new Set<string>()
  const stored = new Set<PostRecord>()
  let isEmpty: Promise<boolean> | undefined

  function add(record: PostRecord): void {
    records.set(record.id, record)
    births.set(record.birthPath, (births.get(record.birthPath) ?? 0) + 1)
    if (record.path === undefined) noteAbsent(record)
    else present.set(record.path, record)
  }

  function noteAbsent(record: PostRecord): void {
    const others = absent.get(record.lastPath)
    if (others === undefined) absent.set(record.lastPath, [record])
    else if (!others.includes(record)) others.push(record)
  }

  function forgetAbsent(record: PostRecord): void {
    const others = absent.get(record.lastPath)?.filter((other) => other !== record) ?? []
    if (others.length === 0) absent.delete(record.lastPath)
    else absent.set(record.lastPath, others)
  }

  function take(rows: PostsTable[]): void {
    for (const row of rows) {
      if (known.has(row.id)) continue
      known.add(row.id)
      const record = toRecord(row)
      stored.add(record)
      add(record)
    }
  }

  function remove(record: PostRecord): void {
    if (record.path !== undefined && present.get(record.path) === record) present.delete(record.path)
    record.path = undefined
    record.blockedBy = undefined
    noteAbsent(record)
  }

  async function hasNone(): Promise<boolean> {
    const row = await db.selectFrom('posts').select('id').where('site', '=', site).limit(1).executeTakeFirst()
    return row === undefined
  }

  return {
    async load({paths = [], ids = []}) {
      isEmpty ??= hasNone()
      if (await isEmpty) return
      const newPaths = [...new Set(paths)].filter((path) => !read.paths.has(path))
      const newIds = [...new Set(ids)].filter((id) => !read.ids.has(id))
      const rows = () => db.selectFrom('posts').selectAll().where('site', '=', site)
      for (const chunk of inChunks(newPaths)) {
        const either = rows().where((e) =>
          e.or([e('path', 'in', chunk), e('last_path', 'in', chunk), e('birth_path', 'in', chunk)]),
        )
        take(await either.execute())
        for (const path of chunk) read.paths.add(path)
      }
      for (const chunk of inChunks(newIds)) {
        take(await rows().where('id', 'in', chunk).execute())
        for (const id of chunk) read.ids.add(id)
      }
    },
    byId: (id) => records.get(id),
    at: (path) => present.get(path),
    absentAt: (path) =>
      absent
        .get(path)
        ?.toSorted((a, b) => Number(b.birthPath === path) - Number(a.birthPath === path) || (a.id < b.id ? -1 : 1))[0],
    bornAt: (path) => births.get(path) ?? 0,
    add,
    drop(record) {
      remove(record)
      forgetAbsent(record)
      records.delete(record.id)
      births.set(record.birthPath, births.get(record.birthPath)! - 1)
    },
    rename(record, id) {
      records.delete(record.id)
      record.id = id
      records.set(id, record)
    },
    place(record, path) {
      if (record.path !== path && record.path !== undefined && present.get(record.path) === record) {
        present.delete(record.path)
      }
      forgetAbsent(record)
      record.path = path
      record.lastPath = path
      present.set(path, record)
    },
    remove,
    isStored: (record) => stored.has(record),
    all: () => [...records.values()],
  }
}
