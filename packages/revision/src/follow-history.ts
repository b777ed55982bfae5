import {isSafePath, kindOfPath, statusAt, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import {localDay, postAddress} from '@broadside/site'
import type {PostMemory, PostRecord} from './post-memory.ts'
import {sha256} from './sha256.ts'
import type {SourceReader} from './source-reader.ts'

/** What the way from one commit to another touched; an oid is undefined where the file is gone. */
export type Touched = {
  posts: Map<PostRecord, string | undefined>
  pages: Map<string, string | undefined>
  assets: Map<string, string | undefined>
  theme: boolean
  redirects: boolean
  /** Addresses that posts have had at commits on the way, beyond those of the ledger. */
  addresses: Map<PostRecord, Set<string>>
  diagnostics: Diagnostic[]
  /** Date and subject of the newest commit. */
  newest: {authorDate: number; subject: string} | undefined
}

export type History = {
  mirror: Mirror
  memory: PostMemory
  reader: SourceReader
  settings: SiteSettings
  /** The commit of the last revision; undefined on the first import. */
  from: string | undefined
  to: string
  /** Repository paths of the posts, pages and other files that the ledger holds now. */
  knownPaths: () => Promise<string[]>
}

/**
 * Walks the first-parent commits from `from` to `to`, oldest first, so that a post's identity is the same whether the
 * commits came in one push or in ten; across rewritten history it compares the two trees and asks memory.
 */
export async function followHistory(history: History): Promise<Touched> {
  const {mirror, memory, from, to} = history
  const touched: Touched = {
    posts: new Map(),
    pages: new Map(),
    assets: new Map(),
    theme: false,
    redirects: false,
    addresses: new Map(),
    diagnostics: [],
    newest: undefined,
  }
  if (from === undefined || (await mirror.isFirstParentAncestor(from, to))) {
    for await (const commit of mirror.walk(from === undefined ? {to} : {from, to})) {
      touched.newest = {authorDate: commit.authorDate, subject: commit.subject}
      await take(touched, history, commit.changes, commit.authorDate, (posts) => memory.follow(commit, posts))
    }
    return touched
  }
  const {authorDate, subject} = (await mirror.readCommit(to)) ?? {authorDate: 0, subject: ''}
  touched.newest = {authorDate, subject}
  const changes =
    (await mirror.resolve(from)) === undefined ? await againstLedger(history) : await mirror.diffTrees(from, to)
  await take(touched, history, changes, authorDate, (posts) =>
    memory.reconcile(authorDate, posts, async (oid) => sha256(await mirror.readBlob(oid))),
  )
  return touched
}

/** Where the last commit is lost, the head's tree is compared with what the ledger says was there. */
async function againstLedger({mirror, to, knownPaths}: History): Promise<Change[]> {
  const tree = await mirror.diffTrees(undefined, to)
  const here = new Set(tree.map(({path}) => path))
  const gone = (await knownPaths()).filter((path) => !here.has(path))
  return [...gone.map((path): Change => ({kind: 'delete', path, oid: '', mode: ''})), ...tree]
}

async function take(
  touched: Touched,
  history: History,
  changes: Change[],
  when: number,
  identify: (changes: Change[]) => Promise<{record: PostRecord; oid: string}[]>,
): Promise<void> {
  const posts: Change[] = []
  for (const change of changes.flatMap(splitForeignRename)) {
    const kind = kindOfPath(change.path)
    if (kind === 'post' && refusal(change) === undefined) posts.push(change)
    else takeFile(touched, change, kind)
  }
  const leaving: PostRecord[] = []
  for (const change of posts) {
    const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
    const record = gone === undefined ? undefined : await history.memory.at(gone)
    if (record !== undefined) leaving.push(record)
  }
  const written = await identify(posts)
  for (const record of leaving) if (record.path === undefined) touched.posts.set(record, undefined)
  for (const {record, oid} of written) {
    touched.posts.set(record, oid)
    await rememberText(touched, history, record, oid, when)
  }
}

/** A rename into or out of `posts/` is an arrival or a departure. */
function splitForeignRename(change: Change): Change[] {
  if (change.kind !== 'rename') return [change]
  const before = kindOfPath(change.from)
  const after = kindOfPath(change.path)
  if (before === 'post' && after === 'post' && refusal(change) === undefined) return [change]
  const {oid, mode} = change
  return [
    {kind: 'delete', path: change.from, oid, mode},
    {kind: 'add', path: change.path, oid, mode},
  ]
}

function takeFile(touched: Touched, change: Change, kind: ReturnType<typeof kindOfPath>): void {
  if (kind === 'ignored') return
  const refused = change.kind === 'delete' ? undefined : refusal(change)
  if (refused !== undefined) {
    touched.diagnostics.push({
      severity: 'error',
      code: 'file.refused',
      file: change.path,
      message: refused,
      cure: 'Replace it by a regular file with a plain name',
    })
  }
  const oid = change.kind === 'delete' || refused !== undefined ? undefined : change.oid
  if (kind === 'page') touched.pages.set(change.path, oid)
  if (kind === 'asset' || kind === 'post-asset') touched.assets.set(change.path, oid)
  if (kind === 'theme') touched.theme = true
  if (kind === 'redirects') touched.redirects = true
}

/** Why a file of the tree is not taken: links and submodules are never followed, unsafe names never become keys. */
function refusal(change: Change): string | undefined {
  if (change.mode === '120000') return 'it is a symbolic link, which is not followed'
  if (change.mode === '160000') return 'it is a submodule, which is not followed'
  if (change.notUtf8 === true) return 'its name is not UTF-8'
  if (!isSafePath(change.path)) return 'its name is not safe to publish'
  return undefined
}

/** What each readable version of a post leaves in memory: when its text changed, and the address it was live at. */
async function rememberText(touched: Touched, history: History, record: PostRecord, oid: string, when: number) {
  const source = await history.reader.read('post', record.path!, oid)
  record.sourceHash = source.hash
  if (source.post === undefined) return
  const {meta, body} = source.post
  const textHash = sha256(body)
  if (record.textHash !== undefined && record.textHash !== textHash) record.textChangedAt = when
  record.textHash = textHash
  const date = meta.date ?? record.bornAt
  if (statusAt({draft: meta.draft, date, expires: meta.expires}, Math.max(when, record.bornAt)).is !== 'live') return
  const address = postAddress(history.settings.permalink, meta, localDay(date, history.settings.timezone))
  const addresses = touched.addresses.get(record) ?? new Set()
  touched.addresses.set(record, addresses.add(address))
}
