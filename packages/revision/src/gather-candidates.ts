import type {Diagnostic} from '@broadside/content'
import type {Db} from '@broadside/ledger'
import {toCandidate, type Candidate, type Placing} from './candidate.ts'
import type {TouchedPost} from './follow-history.ts'
import type {PostMemory} from './post-memory.ts'
import type {PostRecord} from './post-record.ts'
import {inChunks} from './in-chunks.ts'
import {metaOf, type Said} from './said.ts'
import {saidIn, type ReadSource, type SourceReader} from './source-reader.ts'
import type {Standing} from './standing-on-the-way.ts'

export type Gathering = {
  db: Db
  site: string
  memory: PostMemory
  reader: SourceReader
  standing: Standing
  /** The newest files of the posts that the way has touched so far. */
  newestFiles: ReadonlyMap<PostRecord, TouchedPost | undefined>
  placing: Placing
  asOf: number
}

export type Gatherer = Gathering & {
  /** These posts, whose files were touched. */
  touched: (posts: ReadonlyMap<PostRecord, TouchedPost | undefined>) => Promise<GatheredPosts>
  /** Posts as their newest readable source says, on the way or in the ledger; the absent and broken ones are left out. */
  newest: (ids: string[]) => Promise<Candidate[]>
  /** Ids of all posts that are present. */
  present: () => Promise<string[]>
}

export type GatheredPosts = {
  candidates: Candidate[]
  /** Present posts that cannot be read. */
  broken: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: Set<string>
  diagnostics: Diagnostic[]
}

type Found = {record: PostRecord; source: ReadSource; said: Said; oid?: string}

/** Gathers the posts that are judged at one moment, from the mirror and from the ledger. */
export function createGatherer(gathering: Gathering): Gatherer {
  const {db, site, memory, reader, standing, newestFiles, placing, asOf} = gathering

  /** So many at a time that what is read and made on the way is small beside the candidates. */
  async function fromFiles(files: Iterable<{record: PostRecord; file: TouchedPost}>): Promise<Candidate[]> {
    const candidates: Candidate[] = []
    for (const some of inChunks(files)) candidates.push(...(await toCandidates(await readHere(some))))
    return candidates
  }

  async function toCandidates(found: Found[]): Promise<Candidate[]> {
    const ids = found.map(({record}) => record.id)
    const versions = await standing.posts(ids)
    const had = await standing.had(ids)
    return found.map((one) => {
      const {id} = one.record
      const isNew = memory.isNew(one.record) && !standing.knows(one.record)
      return toCandidate({oid: undefined, ...one, ...versions.get(id)!, had: had.get(id)!, isNew, placing, asOf})
    })
  }

  /** What files say under the settings of the moment; those that were read under others are read again. */
  async function readHere(files: {record: PostRecord; file: TouchedPost}[]): Promise<Found[]> {
    const {timezone} = placing
    const others = files.filter(({file}) => !reader.isReadIn(file.source, timezone))
    const read = await reader.read(
      others.map(({record, file}) => ({kind: 'post', path: record.path!, oid: file.oid, timezone})),
    )
    for (const [n, {file}] of others.entries()) file.source = read[n]!
    return files.flatMap(({record, file}) => {
      const said = saidIn(file.source, timezone)
      return said === undefined ? [] : [{record, ...file, said}]
    })
  }

  async function fromLedger(ids: string[]): Promise<Candidate[]> {
    const candidates: Candidate[] = []
    for (const chunk of inChunks(ids)) {
      await memory.load({ids: chunk})
      const known = chunk.flatMap((id) => memory.byId(id) ?? [])
      const records = known.filter((record) => record.path !== undefined)
      const hashes = records.flatMap(({sourceHash}) => sourceHash ?? [])
      const rows = await db.selectFrom('texts').selectAll().where('hash', 'in', hashes).execute()
      const texts = new Map(rows.map(({hash, body}) => [hash, body]))
      const found = records.flatMap((record): Found[] => {
        const text = texts.get(record.sourceHash ?? '')
        if (text === undefined) return []
        const source = reader.parse('post', record.path!, text, placing.timezone)
        const said = saidIn(source, placing.timezone)
        return said === undefined ? [] : [{record, source, said}]
      })
      candidates.push(...(await toCandidates(found)))
    }
    return candidates
  }

  return {
    ...gathering,
    async touched(posts) {
      const gathered: GatheredPosts = {candidates: [], broken: [], leaving: new Set(), diagnostics: []}
      const chosen = [...posts.values()].flatMap((file) => file?.source.id ?? [])
      await memory.load({ids: chosen})
      const readable: PostRecord[] = []
      for (const [record, file] of posts) {
        if (file === undefined) {
          gathered.leaving.add(record.id)
          continue
        }
        gathered.diagnostics.push(...file.source.diagnostics)
        if (file.source.said === undefined) gathered.broken.push(record)
        else readable.push(record)
      }
      function* files() {
        for (const record of readable) yield {record, file: posts.get(record)!}
      }
      for (const {record, file} of files()) gathered.diagnostics.push(...duplicateId(memory, record, file.source))
      gathered.candidates = await fromFiles(files())
      return gathered
    },
    async newest(ids) {
      const onTheWay: {record: PostRecord; file: TouchedPost}[] = []
      const others: string[] = []
      for (const id of ids) {
        const record = memory.byId(id)
        const file = record === undefined ? undefined : newestFiles.get(record)
        if (record !== undefined && file !== undefined) onTheWay.push({record, file})
        else if (record === undefined || !newestFiles.has(record)) others.push(id)
      }
      return [...(await fromFiles(onTheWay)), ...(await fromLedger(others))]
    },
    async present() {
      const rows = await db
        .selectFrom('posts')
        .select('id')
        .where('site', '=', site)
        .where('path', 'is not', null)
        .execute()
      const here = [...newestFiles].flatMap(([{id}, file]) => (file === undefined ? [] : [id]))
      return [...new Set([...rows.map(({id}) => id), ...here])]
    },
  }
}

/** The older post keeps an id; the newer one goes by the id of its path, and its author learns why. */
function duplicateId(memory: PostMemory, record: PostRecord, {id, said}: ReadSource): Diagnostic[] {
  if (id === undefined || said === undefined) return []
  const holder = memory.byId(id)
  if (holder?.path === undefined || holder === record) return []
  return [
    {
      severity: 'error',
      code: 'post.duplicate-id',
      file: record.path!,
      message: `${holder.path} already has the id ${JSON.stringify(metaOf(said).id)}, so this post goes by another`,
      cure: 'Give it an id of its own, or remove the line',
    },
  ]
}
