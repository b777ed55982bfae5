import {nextChangeAt, statusAt, type PostMeta, type SiteSettings} from '@broadside/content'
import type {PostVersionsTable} from '@broadside/ledger'
import {isReserved, localDay, normaliseAddress, postAddress} from '@broadside/site'
import type {PostRecord} from './post-record.ts'
import type {ReadSource} from './source-reader.ts'

/** A readable post as it would stand in the revision. */
export type Candidate = {
  record: PostRecord
  sourceHash: string
  fragmentKey: string
  /** The blob to keep the text of; undefined when the ledger has the text. */
  oid: string | undefined
  meta: PostMeta
  status: PostVersionsTable['status']
  date: number
  updated: number | undefined
  day: string
  address: string
  /** When time alone will change the status. */
  nextChangeAt: number | undefined
  current: PostVersionsTable | undefined
  /** Addresses it has had, with the revision since which. */
  had: ReadonlyMap<string, number>
  /** The ledger did not know the post before. */
  isNew: boolean
}

export type CandidateInput = Pick<Candidate, 'record' | 'oid' | 'current' | 'had' | 'isNew'> & {
  source: ReadSource & {meta: PostMeta}
  settings: SiteSettings
  asOf: number
}

export function toCandidate({source, settings, asOf, ...input}: CandidateInput): Candidate {
  const {meta} = source
  const date = meta.date ?? input.record.bornAt
  const times = {draft: meta.draft, date, expires: meta.expires}
  const day = localDay(date, settings.timezone)
  const updated = meta.updated ?? input.record.textChangedAt
  return {
    ...input,
    sourceHash: source.hash,
    fragmentKey: source.fragmentKey,
    meta,
    status: statusAt(times, asOf).is,
    date,
    updated: updated !== undefined && updated > date ? updated : undefined,
    day,
    address: postAddress(settings.permalink, meta, day),
    nextChangeAt: nextChangeAt(times, asOf),
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
