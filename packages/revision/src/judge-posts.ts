import {
  formatPlace,
  nextChangeAt,
  statusAt,
  type Diagnostic,
  type PostMeta,
  type SiteSettings,
} from '@broadside/content'
import {openEnd, type Db, type PostVersionsTable} from '@broadside/ledger'
import {fragmentKey} from '@broadside/markdown'
import {isReserved, localDay, normaliseAddress, postAddress} from '@broadside/site'
import {markdownOptions} from './markdown-options.ts'
import type {PostMemory, PostRecord} from './post-memory.ts'
import type {ReadSource} from './source-reader.ts'

/** A readable post as it would stand in the revision. */
export type Candidate = {
  record: PostRecord
  source: ReadSource
  meta: PostMeta
  status: PostVersionsTable['status']
  date: number
  updated: number | undefined
  day: string
  address: string
  fragmentKey: string
  /** When time alone will change the status. */
  nextChangeAt: number | undefined
  current: PostVersionsTable | undefined
}

export function toCandidate(
  record: PostRecord,
  source: ReadSource & {post: NonNullable<ReadSource['post']>},
  current: PostVersionsTable | undefined,
  settings: SiteSettings,
  asOf: number,
): Candidate {
  const {meta, body, bodyLine} = source.post
  const date = meta.date ?? record.bornAt
  const times = {draft: meta.draft, date, expires: meta.expires}
  const day = localDay(date, settings.timezone)
  const updated = meta.updated ?? record.textChangedAt
  return {
    record,
    source,
    meta,
    status: statusAt(times, asOf).is,
    date,
    updated: updated !== undefined && updated > date ? updated : undefined,
    day,
    address: postAddress(settings.permalink, meta, day),
    fragmentKey: fragmentKey(body, {file: record.path!, bodyLine, markdown: markdownOptions(settings, meta.language)}),
    nextChangeAt: nextChangeAt(times, asOf),
    current,
  }
}

export type Judged = {accepted: Candidate[]; blocked: Candidate[]; diagnostics: Diagnostic[]}

/**
 * Gives each address to one post: whoever holds it keeps it, then whoever had it first, then the older post. The
 * others stay as they are and their authors are told. Drafts and expired posts claim nothing.
 *
 * `leaving` are ids whose present version ends in this revision, `pages` the addresses of the site's pages.
 */
export async function judgeAddresses(
  db: Db,
  site: string,
  candidates: Candidate[],
  leaving: ReadonlySet<string>,
  memory: PostMemory,
  pageAt: (address: string) => Promise<string | undefined>,
): Promise<Judged> {
  const judged: Judged = {accepted: [], blocked: [], diagnostics: []}
  const free = new Set([...leaving, ...candidates.map(({record}) => record.id)])
  const claims = new Map<string, PostRecord>()
  for (const candidate of await inOrderOfRight(db, site, candidates)) {
    const {record, address, status} = candidate
    if (status === 'draft' || status === 'expired') {
      record.blockedBy = undefined
      judged.accepted.push(candidate)
      continue
    }
    const holder = claims.get(address) ?? (await holderOf(db, site, address, free, memory))
    const page = await pageAt(address)
    if (holder === undefined && page === undefined && !isReserved(address)) {
      record.blockedBy = undefined
      claims.set(address, record)
      judged.accepted.push(candidate)
      continue
    }
    record.blockedBy = address
    judged.blocked.push(candidate)
    if (candidate.current !== undefined) claims.set(candidate.current.address, record)
    const by = holder === undefined ? (page ?? 'Broadside itself') : holder.lastPath
    judged.diagnostics.push({
      severity: 'error',
      code: 'post.address-taken',
      file: record.path!,
      message: `its address ${address} belongs to ${formatPlace({file: by})}`,
      cure: 'Give it another slug: or permalink: in its front matter',
    })
  }
  return judged
}

async function inOrderOfRight(db: Db, site: string, candidates: Candidate[]): Promise<Candidate[]> {
  const since = new Map<Candidate, number>()
  for (const candidate of candidates) {
    if (candidate.current?.address === candidate.address && candidate.current.status === 'live') {
      since.set(candidate, -1)
      continue
    }
    const had = await db
      .selectFrom('post_addresses')
      .select('since_revision')
      .where('site', '=', site)
      .where('post', '=', candidate.record.id)
      .where('address', '=', candidate.address)
      .executeTakeFirst()
    since.set(candidate, had?.since_revision ?? openEnd)
  }
  return candidates.toSorted(
    (a, b) =>
      since.get(a)! - since.get(b)! || a.record.bornAt - b.record.bornAt || (a.record.id < b.record.id ? -1 : 1),
  )
}

async function holderOf(
  db: Db,
  site: string,
  address: string,
  free: ReadonlySet<string>,
  memory: PostMemory,
): Promise<PostRecord | undefined> {
  const rows = await db
    .selectFrom('post_versions')
    .select('id')
    .where('site', '=', site)
    .where('address', '=', address)
    .where('to_revision', '=', openEnd)
    .where('status', 'in', ['live', 'scheduled'])
    .execute()
  const holder = rows.find(({id}) => !free.has(id))
  return holder === undefined ? undefined : memory.byId(holder.id)
}

/** Every other address that leads to the post: those it declares and those it has had. */
export function aliasesOf(address: string, declared: string[], had: Iterable<string>): string[] {
  const all = new Set([...declared.map(normaliseAddress), ...had])
  all.delete(address)
  return [...all].filter((alias) => alias !== '/' && !isReserved(alias)).toSorted()
}
