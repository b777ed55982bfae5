import {createHash} from 'node:crypto'
import {derivePostId} from '@broadside/content'
import type {Change} from '@broadside/git'
import type {Db} from '@broadside/ledger'
import {createMemoryIndex} from './memory-index.ts'
import type {PostRecord} from './post-record.ts'

/** What identity asks of a file: its hash, and the id that its author chose (`idOf`), where that is readable. */
export type IdentitySource = {hash: string; id: string | undefined}

/** A post file that a step wrote, and the post that it now is. */
export type Written = {record: PostRecord; change: Change}

export type PostMemory = {
  /** Reads from the ledger whatever it has of these paths and ids, once; the questions below need it done. */
  load: (wanted: {paths?: Iterable<string>; ids?: Iterable<string>}) => Promise<void>
  /** The post whose file is at `path` now. */
  at: (path: string) => PostRecord | undefined
  byId: (id: string) => PostRecord | undefined
  /** Follows the post files of one first-parent commit. */
  follow: (when: number, changes: Change[], sourceOf: (change: Change) => IdentitySource) => Written[]
  /** The same across rewritten history, where renames cannot be trusted: same path, else same source, else new. */
  reconcile: (when: number, changes: Change[], sourceOf: (change: Change) => IdentitySource) => Written[]
  /** Whether the ledger did not know the post before. */
  isNew: (record: PostRecord) => boolean
  /** Whether the record is in use still: one that turned out to be another post is not. */
  has: (record: PostRecord) => boolean
  /** Every record that was looked at, and so may have changed. */
  loaded: () => PostRecord[]
  /** Ids under which the ledger may have a record that has another id now. */
  dropped: () => string[]
}

/** An id of the author's own words is kept in the form of the others. */
export function idOf(chosen: string): string {
  return createHash('sha256').update(`id ${chosen}`).digest().toString('hex', 0, 16)
}

/**
 * The identities of a site's posts, read from the ledger as they are asked for and changed here only; the caller
 * writes them back. It sees posts' paths alone: whoever calls has filtered the changes.
 */
export function createPostMemory(db: Db, site: string): PostMemory {
  const index = createMemoryIndex(db, site)
  const dropped = new Set<string>()

  function bear(path: string, bornAt: number): PostRecord {
    const birthNumber = index.bornAt(path)
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
    index.add(record)
    return record
  }

  /**
   * The post at a path where a file was written. Its author may choose its id until it was readable for the first
   * time; later it is what it is. Of two with one id the older keeps it, and an absent post is taken up again.
   */
  function settle(record: PostRecord, path: string, source: IdentitySource): PostRecord {
    index.place(record, path)
    const {id} = source
    if (id === undefined || record.textHash !== undefined) return record
    const holder = index.byId(id)
    if (holder === record || holder?.path !== undefined) return record
    dropped.add(record.id)
    if (holder === undefined) {
      index.rename(record, id)
      return record
    }
    index.drop(record)
    index.place(holder, path)
    return holder
  }

  const removedBy = (changes: Change[]): Map<Change, PostRecord> => {
    const removed = new Map<Change, PostRecord>()
    for (const change of changes) {
      const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
      const record = gone === undefined ? undefined : index.at(gone)
      if (record === undefined) continue
      index.remove(record)
      removed.set(change, record)
    }
    return removed
  }

  return {
    load: index.load,
    at: index.at,
    byId: index.byId,
    follow(when, changes, sourceOf) {
      const moved = removedBy(changes)
      // Before anything arrives: what moved away is not absent from where it was.
      for (const [change, record] of moved) if (change.kind === 'rename') index.place(record, change.path)
      return changes.flatMap((change) => {
        if (change.kind === 'delete') return []
        const known = moved.get(change) ?? index.at(change.path) ?? index.absentAt(change.path)
        return [{record: settle(known ?? bear(change.path, when), change.path, sourceOf(change)), change}]
      })
    },
    reconcile(when, changes, sourceOf) {
      const gone = new Map<string, PostRecord[]>()
      for (const record of removedBy(changes).values()) {
        const same = gone.get(record.sourceHash ?? '')
        if (same === undefined) gone.set(record.sourceHash ?? '', [record])
        else same.push(record)
      }
      const files = changes.filter(({kind}) => kind !== 'delete')
      const here = new Map(files.map((change) => [change, index.at(change.path) ?? index.absentAt(change.path)]))
      const kept = new Set(here.values())
      return files.map((change) => {
        const source = sourceOf(change)
        const isFree = (record: PostRecord) => record.path === undefined && !kept.has(record)
        const known = here.get(change) ?? gone.get(source.hash)?.find(isFree)
        return {record: settle(known ?? bear(change.path, when), change.path, source), change}
      })
    },
    isNew: (record) => !index.isStored(record),
    has: (record) => index.byId(record.id) === record,
    loaded: index.all,
    dropped: () => [...dropped],
  }
}
