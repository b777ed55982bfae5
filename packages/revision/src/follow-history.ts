import {BroadsideError} from '@broadside/runtime'
import type {Diagnostic} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import type {Placing} from './candidate.ts'
import {followSettings} from './follow-settings.ts'
import type {TouchedPage} from './judge-pages.ts'
import type {CommitOnTheWay, Way} from './judge-way.ts'
import {inChunks} from './in-chunks.ts'
import type {PostMemory, Written} from './post-memory.ts'
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
  diagnostics: Diagnostic[]
}

export type History = {
  mirror: Mirror
  memory: PostMemory
  reader: SourceReader
  /** Judges the commits before the last one. */
  way: Way
  /** Is filled with the posts that are touched, before the way is told of them. */
  newestFiles: Touched['posts']
  /** The settings of the last revision and of the head. */
  placing: {before: Placing; at: Placing}
  /** The moment of the last revision and that of this one, ms. */
  asOf: {before: number; at: number}
  /** The commit of the last revision; undefined on the first import. */
  from: string | undefined
  to: string
  /** Repository paths of the posts, pages and other files that the ledger holds now. */
  knownPaths: () => Promise<string[]>
  /** How many files may be touched. */
  maxFiles: number
}

/** The post and page files of one commit, or of two trees compared, when it was written, and the settings from it on. */
type Step = {when: number; posts: Change[]; pages: Change[]; placing: Placing}

/** Files that are read at once, over as many commits as it takes. */
const filesInBatch = 64

/**
 * Walks the first-parent commits from `from` to `to`, oldest first, so that a post's identity is the same whether the
 * commits came in one push or in ten, and has each but the last judged as a push of its own; across rewritten history
 * it compares the two trees and asks memory.
 *
 * @throws BroadsideError `revision.too-large` (invalid).
 */
export async function followHistory(history: History): Promise<Touched> {
  const {mirror, memory, placing, newestFiles, from, to} = history
  const touched: Touched = {
    posts: newestFiles,
    pages: new Map(),
    assets: new Map(),
    theme: false,
    redirects: false,
    diagnostics: [],
  }
  const isFinal = from === undefined ? await textsOf(mirror, to) : () => false
  if (from === undefined || (await mirror.isFirstParentAncestor(from, to))) {
    const follow = followSettings(mirror, placing.before)
    const walk = startWalk(touched, history, isFinal)
    let batch: Step[] = []
    let files = 0
    for await (const {authorDate, changes} of mirror.walk(from === undefined ? {to} : {from, to})) {
      const {posts, pages, settings} = takeChanges(touched, changes)
      batch.push({when: authorDate, posts, pages, placing: await follow(settings)})
      files += posts.length + pages.length
      checkSize(touched, posts, history)
      if (files < filesInBatch) continue
      await walk(batch)
      batch = []
      files = 0
    }
    await walk(batch)
  } else {
    const {authorDate} = (await mirror.readCommit(to)) ?? {authorDate: 0}
    const isLost = (await mirror.resolve(from)) === undefined
    const changes = isLost ? await againstLedger(history) : await mirror.diffTrees(from, to)
    if (isLost) Object.assign(touched, {theme: true, redirects: true})
    // Of what lies between nothing is known: it is one step, under the settings of the head.
    const {posts, pages} = takeChanges(touched, changes)
    checkSize(touched, posts, history)
    const sources = await readPosts(history, [{when: authorDate, posts, pages, placing: placing.at}], isFinal)
    takePosts(touched, memory, authorDate, posts, sources, memory.reconcile)
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

/** Whether a text is one of the commit: of a long history that comes in at once, these are the ones to keep. */
async function textsOf(mirror: Mirror, commit: string): Promise<(file: SourceFile) => boolean> {
  const head = await mirror.readCommit(commit)
  if (head !== undefined && head.parent === undefined) return () => true
  const oids = new Set<string>()
  for await (const {oid} of mirror.listTree(commit)) oids.add(oid)
  return ({oid}) => oids.has(oid)
}

/** Where the last commit is lost, the head's tree is compared with what the ledger says was there. */
async function againstLedger({mirror, to, knownPaths}: History): Promise<Change[]> {
  const tree = await mirror.diffTrees(undefined, to)
  const here = new Set(tree.map(({path}) => path))
  const gone = (await knownPaths()).filter((path) => !here.has(path))
  return [...gone.map((path): Change => ({kind: 'delete', path, oid: '', mode: ''})), ...tree]
}

type Sources = ReadonlyMap<Change, ReadSource>

/**
 * Takes steps in batches. A step is judged when the next one is there: the last is the head's, which is judged with all
 * that the way has touched.
 */
function startWalk(touched: Touched, history: History, isFinal: (file: SourceFile) => boolean) {
  const {way, memory, reader, asOf} = history
  let before: CommitOnTheWay | undefined
  let clock = asOf.before
  return async (steps: Step[]): Promise<void> => {
    const sources = await readPosts(history, steps, isFinal)
    for (const {when, posts, pages, placing} of steps) {
      // Clocks of authors may go backwards, or ahead of ours.
      clock = Math.min(asOf.at, Math.max(clock, when))
      if (before !== undefined) {
        await way.take(before)
        await way.tick(clock)
      }
      const step = takePosts(touched, memory, when, posts, sources, memory.follow)
      before = {asOf: clock, placing, posts: step, pages: await readStepPages(reader, pages)}
    }
  }
}

/** Reads the posts of the steps, and what the ledger knows of them. */
async function readPosts(
  {memory, reader}: History,
  steps: Step[],
  isFinal: (file: SourceFile) => boolean,
): Promise<Sources> {
  const sources = new Map<Change, ReadSource>()
  for (const some of inChunks(writtenIn(steps), filesInBatch)) {
    const files = some.map(({change: {path, oid}, timezone}) => ({kind: 'post' as const, path, oid, timezone}))
    const read = await reader.read(files, isFinal)
    for (const [n, {change}] of some.entries()) sources.set(change, read[n]!)
  }
  const changes = steps.flatMap(({posts}) => posts)
  await memory.load({
    paths: changes.flatMap((change) => (change.kind === 'rename' ? [change.from, change.path] : [change.path])),
    ids: [...sources.values()].flatMap(({id}) => id ?? []),
  })
  return sources
}

function* writtenIn(steps: Step[]): Generator<{change: Change; timezone: string}> {
  for (const {posts, placing} of steps) {
    for (const change of posts) if (change.kind !== 'delete') yield {change, timezone: placing.timezone}
  }
}

async function readStepPages(reader: SourceReader, pages: Change[]): Promise<TouchedPage[]> {
  if (pages.length === 0) return []
  const files = pages.filter(({kind}) => kind !== 'delete')
  const read = await reader.read(files.map(({path, oid}) => ({kind: 'page', path, oid})))
  const sources = new Map(files.map(({path, oid}, n) => [path, {oid, source: read[n]!}]))
  return pages.map(({path}) => ({path, file: sources.get(path)}))
}

/** Follows the posts of a step; gives those that it touched. */
function takePosts(
  touched: Touched,
  memory: PostMemory,
  when: number,
  posts: Change[],
  sources: Sources,
  identify: PostMemory['follow'],
): Touched['posts'] {
  const leaving = posts.flatMap((change) => {
    const gone = change.kind === 'rename' ? change.from : change.kind === 'delete' ? change.path : undefined
    return (gone === undefined ? undefined : memory.at(gone)) ?? []
  })
  const step: Touched['posts'] = new Map()
  const written = identify(when, posts, (change) => sources.get(change)!)
  for (const record of leaving) if (record.path === undefined) step.set(record, undefined)
  for (const one of written) {
    const source = sources.get(one.change)!
    step.set(one.record, {oid: one.change.oid, source})
    remember(when, one, source)
  }
  for (const [record, file] of step) touched.posts.set(record, file)
  return step
}

/** What each version of a post leaves in memory: its hash, and when its text changed. */
function remember(when: number, {record}: Written, {hash, said, textHash}: ReadSource): void {
  record.sourceHash = hash
  if (said === undefined) return
  if (record.textHash !== undefined && record.textHash !== textHash) record.textChangedAt = when
  record.textHash = textHash
}
