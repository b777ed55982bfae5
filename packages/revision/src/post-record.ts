import type {PostsTable} from '@broadside/ledger'

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

export function toRecord(row: PostsTable): PostRecord {
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
