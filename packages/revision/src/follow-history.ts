import {BroadsideError} from '@broadside/runtime'
import {statusAt, type Diagnostic, type PostMeta, type SiteSettings} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import {localDay, postAddress} from '@broadside/site'
import type {Candidate} from './candidate.ts'
import {followPermalink, type Permalink} from './follow-permalink.ts'
import {notePages} from './note-pages.ts'
import {idOf, type PostMemory, type Written} from './post-memory.ts'
import type {PostRecord} from './post-record.ts'
import type {ReadSource, SourceFile, SourceReader} from './source-reader.ts'
import {takeChanges} from './take-changes.ts'

/** A post's file as the way left it. */
export type TouchedPost = {oid: string; source: ReadSource}

/** What the way from one commit to another touched; undefined, or an oid of undefined, where the file is gone. */
export type Touched = {
  posts: Map<PostRecord, TouchedPost | undefined>
  pages: Map<string, string | undefined>
  assets: Map<string, string | undefined>
  theme: boolean
  redirects: boolean
  /** Addresses that posts have had at commits on the way, beyond those of the ledger. */
  addresses: Map<PostRecord, Set<string>>
  /** Whether posts have had other addresses on the way by another permalink of the site. */
  permalinks: boolean
  /** Of each page by path, the addresses that its files have named, and the object of the file that did so last. */
  pageAddresses: Map<string, Map<string, string>>
  diagnostics: Diagnostic[]
}

export type History = {
  mirror: Mirror
  memory: PostMemory
  reader: SourceReader
  settings: SiteSettings
  permalinkBefore: string
  /** The posts that the ledger has as present, save these. */
  present: (without: (record: PostRecord) => boolean) => Promise<Candidate[]>
  /** The commit of the last revision; undefined on the first import. */
  from: string | undefined
  to: string
  /** Repository paths of the posts, pages and other files that the ledger holds now. */
  knownPaths: () => Promise<string[]>
  /** How many files may be touched. */
  maxFiles: number
}

/** The post and page files of one commit, or of two trees compared, and what it did to the settings. */
type Step = {when: number; posts: Change[]; pages: Change[]; settings: Change | undefined}

type Way = History & {permalink: Permalink; isFinal: (file: SourceFile) => boolean}

/** Files that are read at once, over as many commits as it takes. */
const filesInBatch = 64

/**
 * Walks the first-parent commits from `from` to `to`, oldest first, so that a post's identity is the same whether the
 * commits came in one push or in ten; across rewritten history it compares the two trees and asks memory.
 *
 * @throws BroadsideError `revision.too-large` (invalid).
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
    permalinks: false,
    pageAddresses: new Map(),
    diagnostics: [],
  }
  const isFinal = from === undefined ? await filesOf(mirror, to) : () => false
  if (from === undefined || (await mirror.isFirstParentAncestor(from, to))) {
    const permalink = followPermalink(mirror, history.permalinkBefore)
    const way = {...history, permalink, isFinal}
    let batch: Step[] = []
    let files = 0
    for await (const {authorDate, changes} of mirror.walk(from === undefined ? {to} : {from, to})) {
      const {posts, pages, settings} = takeChanges(touched, changes)
      batch.push({when: authorDate, posts, pages, settings})
      files += posts.length + pages.length
      checkSize(touched, posts, history)
      if (files < filesInBatch) continue
      await takeSteps(touched, way, batch, memory.follow)
      batch = []
      files = 0
    }
    await takeSteps(touched, way, batch, memory.follow)
  } else {
    const {authorDate} = (await mirror.readCommit(to)) ?? {authorDate: 0}
    const isLost = (await mirror.resolve(from)) === undefined
    const changes = isLost ? await againstLedger(history) : await mirror.diffTrees(from, to)
    if (isLost) Object.assign(touched, {theme: true, redirects: true})
    // Of what lies between nothing is known: it is one step, under the settings of the head.
    const permalink = followPermalink(mirror, history.settings.permalink)
    const step = {when: authorDate, ...takeChanges(touched, changes), settings: undefined}
    checkSize(touched, step.posts, history)
    await takeSteps(touched, {...history, permalink, isFinal}, [step], memory.reconcile)
  }
  for (const record of touched.posts.keys()) if (!memory.has(record)) touched.posts.delete(record)
  return touched
}

/** A repository that was pushed by mistake, of a million files, is refused and not taken in. */
function checkSize({posts, pages, assets}: Touched, more: Change[], {to, maxFiles}: History): void {
  if (posts.size + more.length + pages.size + assets.size <= maxFiles) return
  const message = `the push to ${to.slice(0, 12)} touches more than ${maxFiles} files`
  throw new BroadsideError('invalid', 'revision.too-large', message, {
    hint: 'Push it in several steps, or keep what is not published in another repository',
  })
}

/** Whether a file is one of the commit: of a long history that comes in at once, these are the ones to keep. */
async function filesOf(mirror: Mirror, commit: string): Promise<(file: SourceFile) => boolean> {
  const oids = new Map<string, string>()
  for await (const {path, oid} of mirror.listTree(commit)) oids.set(path, oid)
  return ({path, oid}) => oids.get(path) === oid
}

/** Where the last commit is lost, the head's tree is compared with what the ledger says was there. */
async function againstLedger({mirror, to, knownPaths}: History): Promise<Change[]> {
  const tree = await mirror.diffTrees(undefined, to)
  const here = new Set(tree.map(({path}) => path))
  const gone = (await knownPaths()).filter((path) => !here.has(path))
  return [...gone.map((path): Change => ({kind: 'delete', path, oid: '', mode: ''})), ...tree]
}

async function takeSteps(touched: Touched, way: Way, steps: Step[], identify: PostMemory['follow']): Promise<void> {
  const {memory, reader, permalink, isFinal} = way
  const changes = steps.flatMap(({posts}) => posts)
  const files = changes.filter(({kind}) => kind !== 'delete')
  const read = await reader.read(
    files.map(({path, oid}) => ({kind: 'post', path, oid})),
    isFinal,
  )
  const sources = new Map(files.map((change, n) => [change, read[n]!]))
  await notePages(
    touched,
    reader,
    steps.flatMap(({pages}) => pages),
  )
  await memory.load({
    paths: changes.flatMap((change) => (change.kind === 'rename' ? [change.from, change.path] : [change.path])),
    ids: read.flatMap(({meta}) => (meta?.id === undefined ? [] : [idOf(meta.id)])),
  })
  for (const {when, posts, settings} of steps) {
    const isMoved = await permalink.follow(settings)
    const leaving = posts.flatMap((change) => {
      const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
      return (gone === undefined ? undefined : memory.at(gone)) ?? []
    })
    const written = identify(when, posts, (change) => sources.get(change)!)
    for (const record of leaving) if (record.path === undefined) touched.posts.set(record, undefined)
    for (const one of written) remember(touched, way, when, one, sources.get(one.change)!)
    if (isMoved) await moveAll(touched, way, when)
  }
}

/** What each version of a post leaves in memory: when its text changed, and the address it was live at. */
function remember(touched: Touched, way: Way, when: number, {record, change}: Written, source: ReadSource): void {
  touched.posts.set(record, {oid: change.oid, source})
  record.sourceHash = source.hash
  const {meta, textHash} = source
  if (meta === undefined) return
  if (record.textHash !== undefined && record.textHash !== textHash) record.textChangedAt = when
  record.textHash = textHash
  noteAddress(touched, way, when, record, meta)
}

/** Another permalink of the site gives every post that is there another address, for as long as it holds. */
async function moveAll(touched: Touched, way: Way, when: number): Promise<void> {
  touched.permalinks = true
  for (const [record, file] of touched.posts) {
    const meta = way.memory.has(record) ? file?.source.meta : undefined
    if (meta !== undefined) noteAddress(touched, way, when, record, meta)
  }
  if (way.from === undefined) return
  const others = await way.present((record) => touched.posts.has(record))
  for (const {record, meta} of others) noteAddress(touched, way, when, record, meta)
}

function noteAddress(
  {addresses}: Touched,
  {settings, permalink}: Way,
  when: number,
  record: PostRecord,
  meta: PostMeta,
): void {
  const date = meta.date ?? record.bornAt
  if (statusAt({draft: meta.draft, date, expires: meta.expires}, Math.max(when, record.bornAt)).is !== 'live') return
  const address = postAddress(permalink.current(), meta, localDay(date, settings.timezone))
  const had = addresses.get(record)
  if (had === undefined) addresses.set(record, new Set([address]))
  else had.add(address)
}
