import {derivePostId} from '@broadside/content'
import type {Change, WalkedCommit} from '@broadside/git'
import type {Db, PostsTable} from '@broadside/ledger'

/** What is remembered of a post besides its versions; a row of `posts`. */
export type PostRecord = {
  id: string
  birthPath: string
  birthNumber: number
  /** Undefined while the post is absent. */
  path: string | undefined
  lastPath: string
  /** Author date of the commit that brought it, ms. */
  bornAt: number
  /** Hash of the text as of the newest readable version, and when a commit last changed it. */
  textHash: string | undefined
  textChangedAt: number | undefined
  /** Of the newest file, readable or not. */
  sourceHash: string | undefined
  firstLiveRevision: number | undefined
  /** The address that somebody else holds, for which the post waits. */
  blockedBy: string | undefined
}

export type PostMemory = {
  at: (path: string) => Promise<PostRecord | undefined>
  byId: (id: string) => Promise<PostRecord | undefined>
  /** Follows one first-parent commit; gives the post files it wrote, with the post that each now is. */
  follow: (commit: Pick<WalkedCommit, 'authorDate'>, changes: Change[]) => Promise<{record: PostRecord; oid: string}[]>
  /** The same across rewritten history, where renames cannot be trusted: same path, else same source, else new. */
  reconcile: (
    at: number,
    changes: Change[],
    sourceHashOf: (oid: string) => Promise<string>,
  ) => Promise<{record: PostRecord; oid: string}[]>
  /** Gives a post that nobody has seen yet the identity its author chose, where that is free or absent. */
  choose: (record: PostRecord, id: string) => Promise<PostRecord | 'taken'>
  /** Every record that was looked at, and so may have changed. */
  loaded: () => PostRecord[]
  /** Ids of records that `choose` has merged away. */
  dropped: () => string[]
}

/**
 * The identities of a site's posts, read from the ledger as they are asked for and changed here only; the caller
 * writes them back. It sees posts' paths alone: whoever calls has filtered the changes.
 */
export function createPostMemory(db: Db, site: string): PostMemory {
  const records = new Map<string, PostRecord>()
  const fresh = new Set<string>()
  const dropped = new Set<string>()
  const rows = () => db.selectFrom('posts').selectAll().where('site', '=', site)

  function keep(row: PostsTable | undefined): PostRecord | undefined {
    if (row === undefined || dropped.has(row.id)) return undefined
    const known = records.get(row.id)
    if (known !== undefined) return known
    const record = toRecord(row)
    records.set(record.id, record)
    return record
  }

  const present = new Map<string, PostRecord | undefined>()
  async function at(path: string): Promise<PostRecord | undefined> {
    if (!present.has(path)) {
      const record = keep(await rows().where('path', '=', path).executeTakeFirst())
      present.set(path, record?.path === path ? record : undefined)
    }
    return present.get(path)
  }

  function place(record: PostRecord, path: string): void {
    if (record.path !== undefined && present.get(record.path) === record) present.set(record.path, undefined)
    record.path = path
    record.lastPath = path
    present.set(path, record)
  }

  function remove(record: PostRecord): void {
    if (record.path !== undefined) present.set(record.path, undefined)
    record.path = undefined
    record.blockedBy = undefined
  }

  /** The absent post that was last seen at `path`; of several the one born there, then the first by id. */
  async function absentAt(path: string): Promise<PostRecord | undefined> {
    for (const row of await rows().where('last_path', '=', path).execute()) keep(row)
    return [...records.values()]
      .filter((record) => record.path === undefined && record.lastPath === path)
      .toSorted((a, b) => Number(b.birthPath === path) - Number(a.birthPath === path) || (a.id < b.id ? -1 : 1))[0]
  }

  async function bear(path: string, bornAt: number): Promise<PostRecord> {
    for (const row of await rows().where('birth_path', '=', path).execute()) keep(row)
    const birthNumber = [...records.values()].filter((record) => record.birthPath === path).length
    const record: PostRecord = {
      id: derivePostId(path, birthNumber),
      birthPath: path,
      birthNumber,
      path: undefined,
      lastPath: path,
      bornAt,
      textHash: undefined,
      textChangedAt: undefined,
      sourceHash: undefined,
      firstLiveRevision: undefined,
      blockedBy: undefined,
    }
    records.set(record.id, record)
    fresh.add(record.id)
    return record
  }

  async function arrive(path: string, bornAt: number): Promise<PostRecord> {
    const record = (await at(path)) ?? (await absentAt(path)) ?? (await bear(path, bornAt))
    place(record, path)
    return record
  }

  return {
    at,
    async byId(id) {
      return records.get(id) ?? keep(await rows().where('id', '=', id).executeTakeFirst())
    },
    async follow(commit, changes) {
      const moved = new Map<string, PostRecord>()
      for (const change of changes) {
        const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
        const record = gone === undefined ? undefined : await at(gone)
        if (record === undefined) continue
        remove(record)
        if (change.kind === 'rename') moved.set(change.path, record)
      }
      const written: {record: PostRecord; oid: string}[] = []
      for (const change of changes) {
        if (change.kind === 'delete') continue
        const record = moved.get(change.path)
        if (record !== undefined) place(record, change.path)
        written.push({record: record ?? (await arrive(change.path, commit.authorDate)), oid: change.oid})
      }
      return written
    },
    async reconcile(when, changes, sourceHashOf) {
      const gone: PostRecord[] = []
      for (const change of changes) {
        const record = change.kind === 'delete' ? await at(change.path) : undefined
        if (record === undefined) continue
        remove(record)
        gone.push(record)
      }
      const written: {record: PostRecord; oid: string}[] = []
      for (const change of changes) {
        if (change.kind === 'delete') continue
        const hash = await sourceHashOf(change.oid)
        const here = (await at(change.path)) ?? (await absentAt(change.path))
        const same = here ?? gone.find((record) => record.path === undefined && record.sourceHash === hash)
        const record = same ?? (await bear(change.path, when))
        place(record, change.path)
        written.push({record, oid: change.oid})
      }
      return written
    },
    async choose(record, id) {
      if (record.id === id || !fresh.has(record.id)) return record
      const holder = records.get(id) ?? keep(await rows().where('id', '=', id).executeTakeFirst())
      if (holder?.path !== undefined) return 'taken'
      const path = record.path!
      remove(record)
      records.delete(record.id)
      dropped.add(record.id)
      const chosen: PostRecord = holder ?? {...record, id}
      records.set(id, chosen)
      if (holder === undefined) fresh.add(id)
      place(chosen, path)
      return chosen
    },
    loaded: () => [...records.values()],
    dropped: () => [...dropped],
  }
}

function toRecord(row: PostsTable): PostRecord {
  return {
    id: row.id,
    birthPath: row.birth_path,
    birthNumber: row.birth_number,
    path: row.path ?? undefined,
    lastPath: row.last_path,
    bornAt: row.born_at,
    textHash: row.text_hash ?? undefined,
    textChangedAt: row.text_changed_at ?? undefined,
    sourceHash: row.source_hash ?? undefined,
    firstLiveRevision: row.first_live_revision ?? undefined,
    blockedBy: row.blocked_by ?? undefined,
  }
}

/** The row that keeps `record`. */
export function fromRecord(site: string, record: PostRecord): PostsTable {
  return {
    site,
    id: record.id,
    birth_path: record.birthPath,
    birth_number: record.birthNumber,
    path: record.path ?? null,
    last_path: record.lastPath,
    born_at: record.bornAt,
    text_hash: record.textHash ?? null,
    text_changed_at: record.textChangedAt ?? null,
    source_hash: record.sourceHash ?? null,
    first_live_revision: record.firstLiveRevision ?? null,
    blocked_by: record.blockedBy ?? null,
  }
}
