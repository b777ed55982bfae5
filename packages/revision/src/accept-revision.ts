import {kindOfPath, parseRedirects, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {openEnd, type Db, type Ledger, type PostVersionsTable, type RevisionsTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {followHistory, type Touched} from './follow-history.ts'
import {judgePages} from './judge-pages.ts'
import {judgeAddresses, toCandidate, type Candidate} from './judge-posts.ts'
import {createPostMemory, type PostMemory, type PostRecord} from './post-memory.ts'
import {readSiteFiles} from './read-site-files.ts'
import {sha256} from './sha256.ts'
import {createSourceReader, type ReadSource, type SourceReader} from './source-reader.ts'
import {writeRevision, type AcceptedRevision, type Draft} from './write-revision.ts'

export type AcceptOptions = {
  ledger: Ledger
  mirror: Mirror
  site: string
  /** Head of the branch. */
  commit: string
  cause: RevisionsTable['cause']
  asOf: number
  now: () => number
  /** Keeps a binary under its hash before a row names it; a repeat does nothing. */
  keepBinary: (hash: string, bytes: Uint8Array) => Promise<void>
  /** Who relays the events that are written. */
  source: string
}

/** The largest image or other file that is published, bytes. */
export const maxAssetBytes = 100_000_000

/**
 * Makes the next revision of a site from its branch's head, or from the clock: identity, status and address of every
 * post that the way from the last revision touched, in one transaction with the events that tell of it. Undefined when
 * nothing changed. One at a time per site: the caller holds the site, and a loser of a race gets
 * `revision.raced` (transient) with nothing written.
 */
export async function acceptRevision(options: AcceptOptions): Promise<AcceptedRevision | undefined> {
  const {ledger, mirror, site, commit, cause, asOf} = options
  const db = ledger.db
  const last = await lastRevision(db, site)
  if (last !== undefined && last.commit_id === commit && cause === 'push') return undefined
  const files = await readSiteFiles(db, mirror, site, commit, last)
  const memory = createPostMemory(db, site)
  const reader = createSourceReader(mirror, files.settings)
  const touched = await followHistory({
    mirror,
    memory,
    reader,
    settings: files.settings,
    from: last?.commit_id,
    to: commit,
    knownPaths: () => knownPaths(db, site),
  })
  if (touched.theme || last === undefined) await files.readTheme()

  const diagnostics: Diagnostic[] = [...files.diagnostics, ...touched.diagnostics]
  if (files.markdownChanged) await addAllPages(mirror, commit, touched)
  const pages = await judgePages(db, site, touched.pages, reader, files.settings)
  diagnostics.push(...pages.diagnostics)

  const judging: Judging = {db, site, memory, reader, settings: files.settings, asOf, diagnostics}
  const {candidates, broken, leaving} = await readPosts(judging, touched)
  if (files.datesOrAddressesChanged || files.markdownChanged) await addAllOthers(judging, candidates, touched)
  await addDue(judging, candidates, touched)
  const pageAt = async (address: string) =>
    pages.accepted.find((page) => page.address === address)?.path ?? (await pageHolding(db, site, address, touched))
  let judged = await judgeAddresses(db, site, candidates, leaving, memory, pageAt)
  if (await addUnblocked(judging, candidates, judged.accepted, leaving)) {
    judged = await judgeAddresses(db, site, candidates, leaving, memory, pageAt)
  }
  diagnostics.push(...judged.diagnostics)

  const assets = await readAssets(options, touched, diagnostics)
  const redirects = touched.redirects ? await readRedirects(mirror, commit, diagnostics) : undefined
  const draft: Draft = {
    last,
    files,
    memory,
    accepted: judged.accepted,
    broken: [...broken, ...judged.blocked.map(({record}) => record)],
    leaving,
    pages,
    assets,
    redirects,
    touched,
    diagnostics,
  }
  return writeRevision(options, draft)
}

async function lastRevision(db: Db, site: string): Promise<RevisionsTable | undefined> {
  return db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', site)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function knownPaths(db: Db, site: string): Promise<string[]> {
  const posts = await db
    .selectFrom('posts')
    .select('path')
    .where('site', '=', site)
    .where('path', 'is not', null)
    .execute()
  const versioned = async (table: 'page_versions' | 'asset_versions') =>
    db.selectFrom(table).select('path').where('site', '=', site).where('to_revision', '=', openEnd).execute()
  const files = [...(await versioned('page_versions')), ...(await versioned('asset_versions'))]
  return [...posts, ...files].map(({path}) => path!)
}

type Judging = {
  db: Db
  site: string
  memory: PostMemory
  reader: SourceReader
  settings: SiteSettings
  asOf: number
  diagnostics: Diagnostic[]
}

async function readPosts(judging: Judging, touched: Touched) {
  const {db, site, memory, reader} = judging
  const candidates: Candidate[] = []
  const broken: PostRecord[] = []
  const leaving = new Set<string>()
  for (const [known, oid] of touched.posts) {
    if (known.path === undefined || oid === undefined) {
      leaving.add(known.id)
      continue
    }
    const source = await reader.read('post', known.path, oid)
    judging.diagnostics.push(...source.diagnostics)
    const chosen = source.post?.meta.id === undefined ? known : await memory.choose(known, idOf(source.post.meta.id))
    if (chosen === 'taken') {
      judging.diagnostics.push(duplicateId(known, source.post!.meta.id!))
      broken.push(known)
      continue
    }
    if (chosen !== known) {
      const had = touched.addresses.get(known)
      if (had !== undefined) touched.addresses.set(chosen, had)
      Object.assign(chosen, {textHash: known.textHash, sourceHash: known.sourceHash})
    }
    if (source.post === undefined) broken.push(chosen)
    else candidates.push(await candidateOf(judging, chosen, source, await currentVersion(db, site, chosen.id)))
  }
  return {candidates, broken, leaving}
}

/** An id of the author's own words is kept in the form of the others. */
function idOf(chosen: string): string {
  return sha256(`id ${chosen}`).slice(0, 32)
}

function duplicateId(record: PostRecord, id: string): Diagnostic {
  return {
    severity: 'error',
    code: 'post.duplicate-id',
    file: record.path!,
    message: `another post already has the id ${JSON.stringify(id)}`,
    cure: 'Give it an id of its own, or remove the line',
  }
}

async function candidateOf(
  judging: Judging,
  record: PostRecord,
  source: ReadSource,
  current: PostVersionsTable | undefined,
): Promise<Candidate> {
  const readable = source as ReadSource & {post: NonNullable<ReadSource['post']>}
  return toCandidate(record, readable, current, judging.settings, judging.asOf)
}

async function currentVersion(db: Db, site: string, id: string): Promise<PostVersionsTable | undefined> {
  return db
    .selectFrom('post_versions')
    .selectAll()
    .where('site', '=', site)
    .where('id', '=', id)
    .where('to_revision', '=', openEnd)
    .executeTakeFirst()
}

/** Judges a post anew from the source that the ledger holds. */
async function addFromLedger(judging: Judging, candidates: Candidate[], id: string): Promise<void> {
  const {db, site, memory, reader} = judging
  if (candidates.some(({record}) => record.id === id)) return
  const record = await memory.byId(id)
  if (record?.path === undefined || record.sourceHash === undefined) return
  const text = await db.selectFrom('texts').select('body').where('hash', '=', record.sourceHash).executeTakeFirst()
  const source = text === undefined ? undefined : reader.parse('post', record.path, text.body)
  if (source?.post === undefined) return
  candidates.push(await candidateOf(judging, record, source, await currentVersion(db, site, id)))
}

/**
 * The time zone dates every post, the permalink addresses it, and the Markdown options render it: when one of them
 * changes all are judged again.
 */
async function addAllOthers(judging: Judging, candidates: Candidate[], touched: Touched): Promise<void> {
  const {db, site} = judging
  const known = new Set([...touched.posts.keys()].map(({id}) => id))
  const rows = await db
    .selectFrom('posts')
    .select('id')
    .where('site', '=', site)
    .where('path', 'is not', null)
    .execute()
  for (const {id} of rows) if (!known.has(id)) await addFromLedger(judging, candidates, id)
}

/** Pages have no more than their files: those of the commit are judged again. */
async function addAllPages(mirror: Mirror, commit: string, touched: Touched): Promise<void> {
  for await (const {path, mode, oid} of mirror.listTree(commit)) {
    const isFile = mode !== '120000' && mode !== '160000'
    if (isFile && kindOfPath(path) === 'page' && !touched.pages.has(path)) touched.pages.set(path, oid)
  }
}

/** Posts whose status time has changed since the last revision. */
async function addDue(judging: Judging, candidates: Candidate[], touched: Touched): Promise<void> {
  const {db, site, asOf} = judging
  const known = new Set([...touched.posts.keys()].map(({id}) => id))
  const due = await db
    .selectFrom('timers')
    .select('key')
    .where('site', '=', site)
    .where('owner', '=', 'intake')
    .where('due', '<=', asOf)
    .execute()
  for (const {key} of due) if (!known.has(key)) await addFromLedger(judging, candidates, key)
}

/** Posts that waited for an address which becomes free now. True when there are any. */
async function addUnblocked(
  judging: Judging,
  candidates: Candidate[],
  accepted: Candidate[],
  leaving: ReadonlySet<string>,
): Promise<boolean> {
  const {db, site} = judging
  const freed: string[] = []
  for (const id of leaving) {
    const version = await currentVersion(db, site, id)
    if (version !== undefined) freed.push(version.address)
  }
  for (const {current, address, status} of accepted) {
    if (current !== undefined && (current.address !== address || status !== 'live')) freed.push(current.address)
  }
  const before = candidates.length
  for (const address of freed) {
    const rows = await db
      .selectFrom('posts')
      .select('id')
      .where('site', '=', site)
      .where('blocked_by', '=', address)
      .execute()
    for (const {id} of rows) await addFromLedger(judging, candidates, id)
  }
  return candidates.length > before
}

async function pageHolding(db: Db, site: string, address: string, touched: Touched): Promise<string | undefined> {
  const rows = await db
    .selectFrom('page_versions')
    .select('path')
    .where('site', '=', site)
    .where('address', '=', address)
    .where('to_revision', '=', openEnd)
    .execute()
  return rows.find(({path}) => !touched.pages.has(path))?.path
}

export type AssetChange = {path: string; hash: string; size: number} | {path: string; hash: undefined}

async function readAssets(options: AcceptOptions, touched: Touched, diagnostics: Diagnostic[]): Promise<AssetChange[]> {
  const changes: AssetChange[] = []
  for (const [path, oid] of touched.assets) {
    if (oid === undefined) {
      changes.push({path, hash: undefined})
      continue
    }
    try {
      const bytes = await options.mirror.readBlob(oid, {maxBytes: maxAssetBytes})
      const hash = sha256(bytes)
      await options.keepBinary(hash, bytes)
      changes.push({path, hash, size: bytes.byteLength})
    } catch (error) {
      if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
      diagnostics.push({
        severity: 'error',
        code: 'file.too-large',
        file: path,
        message: `the file is larger than ${maxAssetBytes / 1_000_000} MB`,
        cure: 'Make it smaller, or host it elsewhere and link to it',
      })
    }
  }
  return changes
}

async function readRedirects(mirror: Mirror, commit: string, diagnostics: Diagnostic[]) {
  const bytes = await mirror.readFile(commit, 'redirects.yaml')
  if (bytes === undefined) return []
  const parsed = parseRedirects('redirects.yaml', bytes)
  diagnostics.push(...parsed.diagnostics)
  return parsed.redirects
}
