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
  all: () => PostRecord[]
}

export function createMemoryIndex(db: Db, site: string): MemoryIndex {
  const records = new Map<string, PostRecord>()
  const present = new Map<string, PostRecord>()
  const lastSeen = new Map<string, Set<PostRecord>>()
  const births = new Map<string, number>()
  const read = {paths: new Set<string>(), ids: new Set<string>()}
  /** Ids that the ledger's rows had when they were read: a record may have another one by now. */
  const known = new Set<string>()

  function add(record: PostRecord): void {
    records.set(record.id, record)
    if (record.path !== undefined) present.set(record.path, record)
    births.set(record.birthPath, (births.get(record.birthPath) ?? 0) + 1)
    seeAt(record, record.lastPath)
  }

  function seeAt(record: PostRecord, path: string): void {
    lastSeen.get(record.lastPath)?.delete(record)
    record.lastPath = path
    const there = lastSeen.get(path)
    if (there === undefined) lastSeen.set(path, new Set([record]))
    else there.add(record)
  }

  function take(rows: PostsTable[]): void {
    for (const row of rows) {
      if (known.has(row.id)) continue
      known.add(row.id)
      add(toRecord(row))
    }
  }

  function remove(record: PostRecord): void {
    if (record.path !== undefined && present.get(record.path) === record) present.delete(record.path)
    record.path = undefined
    record.blockedBy = undefined
  }

  return {
    async load({paths = [], ids = []}) {
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
      [...(lastSeen.get(path) ?? [])]
        .filter((record) => record.path === undefined)
        .toSorted((a, b) => Number(b.birthPath === path) - Number(a.birthPath === path) || (a.id < b.id ? -1 : 1))[0],
    bornAt: (path) => births.get(path) ?? 0,
    add,
    drop(record) {
      remove(record)
      records.delete(record.id)
      lastSeen.get(record.lastPath)?.delete(record)
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
      record.path = path
      seeAt(record, path)
      present.set(path, record)
    },
    remove,
    all: () => [...records.values()],
  }
}
