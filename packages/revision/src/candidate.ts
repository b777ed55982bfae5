import {nextChangeAt, statusAt, type SiteSettings} from '@broadside/content'
import type {PostVersionsTable} from '@broadside/ledger'
import {isReserved, localDay, normaliseAddress, postAddress} from '@broadside/site'
import type {PostRecord} from './post-record.ts'
import {metaOf, type Said} from './said.ts'
import type {ReadSource} from './source-reader.ts'

/** A version as it is judged: a row of the ledger, or what a commit on the way has left. */
export type Held = Pick<PostVersionsTable, 'id' | 'path' | 'address' | 'status' | 'date' | 'expires'>

/** Since when a post has had an address: the revision, and which of its judgements, for the commits of a push have one each. */
export type Since = {revision: number; nth: number}

/** What of a site's settings decides where posts are and from when. */
export type Placing = Pick<SiteSettings, 'permalink' | 'timezone'>

/** A readable post as it would stand in the revision. */
export type Candidate = {
  record: PostRecord
  /** Where its file was when it was judged. */
  path: string
  sourceHash: string
  fragmentKey: string
  /** The blob to keep the text of; undefined when the ledger has the text, and once it has. */
  oid: string | undefined
  said: Said
  /** The id by which feeds of another tool knew it. */
  feedId: string | undefined
  status: PostVersionsTable['status']
  date: number
  updated: number | undefined
  day: string
  draft: boolean
  expires: number | undefined
  address: string
  /** When time alone will change the status. */
  nextChangeAt: number | undefined
  /** What holds until it is judged. */
  current: Held | undefined
  /** What the ledger has of it: the same, where no commit on the way came between. */
  row: PostVersionsTable | undefined
  /** Addresses it has had, with since when. */
  had: ReadonlyMap<string, Since>
  /** Neither the ledger nor a commit before knew the post. */
  isNew: boolean
}

export type CandidateInput = Pick<Candidate, 'record' | 'oid' | 'said' | 'current' | 'row' | 'had' | 'isNew'> & {
  source: Pick<ReadSource, 'hash' | 'fragmentKey'>
  placing: Placing
  asOf: number
}

export function toCandidate({source, placing, asOf, ...input}: CandidateInput): Candidate {
  const {record, oid, said, current, row, had, isNew} = input
  const meta = metaOf(said)
  const {draft, expires} = meta
  const date = meta.date ?? record.bornAt
  const times = {draft, date, expires}
  const day = localDay(date, placing.timezone)
  const updated = meta.updated ?? record.textChangedAt
  return {
    record,
    path: record.path!,
    sourceHash: source.hash,
    fragmentKey: source.fragmentKey,
    oid,
    said,
    feedId: meta.feedId,
    status: statusAt(times, asOf).is,
    date,
    updated: updated !== undefined && updated > date ? updated : undefined,
    day,
    draft,
    expires,
    address: postAddress(placing.permalink, meta, day),
    nextChangeAt: nextChangeAt(times, asOf),
    current,
    row,
    had,
    isNew,
  }
}

/** Whether a version takes up its address: drafts and expired posts claim nothing. */
export function claims({status}: {status: PostVersionsTable['status']}): boolean {
  return status === 'live' || status === 'scheduled'
}

/** Every other address that leads to a post or page: those it declares and those it has had. */
export function aliasesOf(address: string, declared: string[], had: Iterable<string>): string[] {
  const all = new Set([...declared.map(normaliseAddress), ...had])
  all.delete(address)
  return [...all].filter((alias) => alias !== '/' && !isReserved(alias)).toSorted()
}
