import {BroadsideError} from '@broadside/runtime'
import {statusAt, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import {localDay, postAddress} from '@broadside/site'
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
  /** Of each page by path, the addresses that its files have named, and the object of the file that did so last. */
  pageAddresses: Map<string, Map<string, string>>
  diagnostics: Diagnostic[]
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
  /** How many files may be touched. */
  maxFiles: number
}

/** The post and page files of one commit, or of two trees compared. */
type Step = {when: number; posts: Change[]; pages: Change[]}

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
    pageAddresses: new Map(),
    diagnostics: [],
  }
  const isFinal = from === undefined ? await filesOf(mirror, to) : () => false
  if (from === undefined || (await mirror.isFirstParentAncestor(from, to))) {
    let batch: Step[] = []
    let files = 0
    for await (const {authorDate, changes} of mirror.walk(from === undefined ? {to} : {from, to})) {
      const {posts, pages} = takeChanges(touched, changes)
      batch.push({when: authorDate, posts, pages})
      files += posts.length + pages.length
      checkSize(touched, posts, history)
      if (files < filesInBatch) continue
      await takeSteps(touched, {...history, isFinal}, batch, memory.follow)
      batch = []
      files = 0
    }
    await takeSteps(touched, {...history, isFinal}, batch, memory.follow)
  } else {
    const {authorDate} = (await mirror.readCommit(to)) ?? {authorDate: 0}
    const isLost = (await mirror.resolve(from)) === undefined
    const changes = isLost ? await againstLedger(history) : await mirror.diffTrees(from, to)
    if (isLost) Object.assign(touched, {theme: true, redirects: true})
    const step = {when: authorDate, ...takeChanges(touched, changes)}
    checkSize(touched, step.posts, history)
    await takeSteps(touched, {...history, isFinal}, [step], memory.reconcile)
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

async function takeSteps(
  touched: Touched,
  {memory, reader, settings, isFinal}: History & {isFinal: (file: SourceFile) => boolean},
  steps: Step[],
  identify: PostMemory['follow'],
): Promise<void> {
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
  for (const {when, posts} of steps) {
    const leaving = posts.flatMap((change) => {
      const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
      return (gone === undefined ? undefined : memory.at(gone)) ?? []
    })
    const written = identify(when, posts, (change) => sources.get(change)!)
    for (const record of leaving) if (record.path === undefined) touched.posts.set(record, undefined)
    for (const one of written) remember(touched, settings, when, one, sources.get(one.change)!)
  }
}

/** What each version of a post leaves in memory: when its text changed, and the address it was live at. */
function remember(
  touched: Touched,
  settings: SiteSettings,
  when: number,
  {record, change}: Written,
  source: ReadSource,
): void {
  touched.posts.set(record, {oid: change.oid, source})
  record.sourceHash = source.hash
  const {meta, textHash} = source
  if (meta === undefined) return
  if (record.textHash !== undefined && record.textHash !== textHash) record.textChangedAt = when
  record.textHash = textHash
  const date = meta.date ?? record.bornAt
  if (statusAt({draft: meta.draft, date, expires: meta.expires}, Math.max(when, record.bornAt)).is !== 'live') return
  const address = postAddress(settings.permalink, meta, localDay(date, settings.timezone))
  const addresses = touched.addresses.get(record)
  if (addresses === undefined) touched.addresses.set(record, new Set([address]))
  else addresses.add(address)
}
