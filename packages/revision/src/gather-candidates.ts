import type {Diagnostic, SiteSettings} from '@broadside/content'
import type {Db} from '@broadside/ledger'
import {toCandidate, type Candidate} from './candidate.ts'
import type {Touched} from './follow-history.ts'
import {idOf, type PostMemory} from './post-memory.ts'
import type {PostRecord} from './post-record.ts'
import {inChunks} from './in-chunks.ts'
import type {ReadSource, SourceReader} from './source-reader.ts'
import {addressesHad, currentPosts} from './standing.ts'

export type Gathering = {
  db: Db
  site: string
  memory: PostMemory
  reader: SourceReader
  settings: SiteSettings
  asOf: number
}

export type Gatherer = Gathering & {
  /** The posts whose files the way touched. */
  touched: (touched: Touched) => Promise<GatheredPosts>
  /** Posts as their newest readable source says, which the ledger holds; the absent and broken ones are left out, and those `without`. */
  fromLedger: (ids: string[], without?: (record: PostRecord) => boolean) => Promise<Candidate[]>
  /** Ids of all posts that are present. */
  present: () => Promise<string[]>
  /** Ids of posts whose status time alone has changed by now. */
  due: () => Promise<string[]>
  /** Ids of the posts that wait for one of these addresses. */
  waitingFor: (addresses: string[]) => Promise<string[]>
}

export type GatheredPosts = {
  candidates: Candidate[]
  /** Present posts that cannot be read. */
  broken: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: Set<string>
  diagnostics: Diagnostic[]
}

type Found = {record: PostRecord; source: ReadSource; oid?: string}

/** Gathers the posts that a revision judges, from the mirror and from the ledger. */
export function createGatherer(gathering: Gathering): Gatherer {
  const {db, site, memory, reader, settings, asOf} = gathering

  async function toCandidates(found: Found[]): Promise<Candidate[]> {
    const ids = found.map(({record}) => record.id)
    const current = await currentPosts(db, site, ids)
    const had = await addressesHad(db, site, ids)
    return found.flatMap(({record, source, oid}) => {
      const {meta} = source
      if (meta === undefined) return []
      const standing = {current: current.get(record.id), had: had.get(record.id)!, isNew: memory.isNew(record)}
      return [toCandidate({record, source: {...source, meta}, oid, ...standing, settings, asOf})]
    })
  }

  return {
    ...gathering,
    async touched({posts}) {
      const gathered: GatheredPosts = {candidates: [], broken: [], leaving: new Set(), diagnostics: []}
      const readable: Found[] = []
      for (const [record, file] of posts) {
        if (file === undefined) {
          gathered.leaving.add(record.id)
          continue
        }
        gathered.diagnostics.push(...file.source.diagnostics)
        if (file.source.meta === undefined) gathered.broken.push(record)
        else readable.push({record, ...file})
      }
      const chosen = readable.flatMap(({source}) => (source.meta?.id === undefined ? [] : [idOf(source.meta.id)]))
      await memory.load({ids: chosen})
      gathered.diagnostics.push(...readable.flatMap(({record, source}) => duplicateId(memory, record, source)))
      gathered.candidates = await toCandidates(readable)
      return gathered
    },
    async fromLedger(ids, without = () => false) {
      const candidates: Candidate[] = []
      for (const chunk of inChunks(ids)) {
        await memory.load({ids: chunk})
        const known = chunk.flatMap((id) => memory.byId(id) ?? [])
        const records = known.filter((record) => record.path !== undefined && !without(record))
        const hashes = records.flatMap(({sourceHash}) => sourceHash ?? [])
        const rows = await db.selectFrom('texts').selectAll().where('hash', 'in', hashes).execute()
        const texts = new Map(rows.map(({hash, body}) => [hash, body]))
        const found = records.flatMap((record) => {
          const text = texts.get(record.sourceHash ?? '')
          return text === undefined ? [] : [{record, source: reader.parse('post', record.path!, text)}]
        })
        candidates.push(...(await toCandidates(found)))
      }
      return candidates
    },
    async present() {
      const rows = await db
        .selectFrom('posts')
        .select('id')
        .where('site', '=', site)
        .where('path', 'is not', null)
        .execute()
      return rows.map(({id}) => id)
    },
    async due() {
      const rows = await db
        .selectFrom('timers')
        .select('key')
        .where('site', '=', site)
        .where('owner', '=', 'intake')
        .where('due', '<=', asOf)
        .execute()
      return rows.map(({key}) => key)
    },
    async waitingFor(addresses) {
      const ids: string[] = []
      for (const chunk of inChunks(addresses)) {
        const rows = await db
          .selectFrom('posts')
          .select('id')
          .where('site', '=', site)
          .where('blocked_by', 'in', chunk)
          .execute()
        ids.push(...rows.map(({id}) => id))
      }
      return ids
    },
  }
}

/** The older post keeps an id; the newer one goes by the id of its path, and its author learns why. */
function duplicateId(memory: PostMemory, record: PostRecord, {meta}: ReadSource): Diagnostic[] {
  if (meta?.id === undefined) return []
  const holder = memory.byId(idOf(meta.id))
  if (holder?.path === undefined || holder === record) return []
  return [
    {
      severity: 'error',
      code: 'post.duplicate-id',
      file: record.path!,
      message: `${holder.path} already has the id ${JSON.stringify(meta.id)}, so this post goes by another`,
      cure: 'Give it an id of its own, or remove the line',
    },
  ]
}
