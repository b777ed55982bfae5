import {manifestAt, manifestEntries, markInDoubt, searchFilesOf, type ManifestTable} from '@broadside/ledger'
import {sameHeaders, type ObjectHeaders} from '@broadside/objects'
import {sha256} from '@broadside/revision'
import {searchFile} from '@broadside/site'
import {publicReader} from './live-readers.ts'
import {objectKey, type Publisher} from './publisher.ts'
import {verifySearch} from './verify-search.ts'
import {recordKey} from './write-record.ts'

/** How the live site can differ from its manifest. */
export type Fault = 'missing' | 'altered' | 'stale' | 'foreign'

export type VerifyReport = {
  site: string
  /** Entries of the manifest whose objects were read. */
  checked: number
  /** Of these, how many were read at the public URL too. */
  asked: number
  counts: Record<Fault, number>
  /** The first five hundred; `foreign` ones have no address, and are never removed. */
  faults: {fault: Fault; path: string; detail?: string}[]
  /** Paths that a release is about to put right anyway; nothing is said of them. */
  inDoubt: number
  /** Why nothing could be read at the public URL. */
  unreachable?: string
  /** Paths that were given to the next release to build and put again. */
  repaired: number
}

export type VerifyOptions = {
  site: string
  /** Read so many entries only, chosen by hash; all of them unless given. */
  sample?: number
  repair: boolean
}

const atOnce = 16
const told = 500
/** Public answers to ask for: the web server and the CDN are shared with readers. */
const askedAtMost = 500

/**
 * Compares what is live with the manifest: each object's bytes and headers, what the public URL answers, and what lies
 * beside it that nobody knows. With `repair` the paths at fault are marked in doubt, which makes a release of the live
 * revision that builds and puts them again; a repeat finds less to do. Nothing is ever removed.
 */
export async function verifySite(publisher: Publisher, options: VerifyOptions): Promise<VerifyReport> {
  const {site, repair} = options
  const {ledger} = publisher.deps
  const report: VerifyReport = {
    site,
    checked: 0,
    asked: 0,
    counts: {missing: 0, altered: 0, stale: 0, foreign: 0},
    faults: [],
    inDoubt: 0,
    repaired: 0,
  }
  const note = (fault: Fault, path: string, detail?: string) => {
    report.counts[fault] += 1
    if (report.faults.length < told) report.faults.push({fault, path, ...(detail === undefined ? {} : {detail})})
  }
  const look = createLook(publisher, site, report)
  for await (const entries of inGroups(chosenEntries(publisher, options))) {
    const found = await Promise.all(entries.map(async (entry) => ({entry, fault: await look(entry)})))
    const wrong = found.filter(({fault}) => fault !== undefined)
    for (const {entry, fault} of wrong) note(fault!.fault, entry.address, fault!.detail)
    if (!repair || wrong.length === 0) continue
    await ledger.transaction((db) =>
      markInDoubt(
        db,
        wrong.map(({entry: {state: _state, ...row}}) => row),
      ),
    )
    report.repaired += wrong.length
  }
  const search = await verifySearch(publisher, site, repair)
  report.checked += search.checked
  for (const {fault, name} of search.faults) note(fault, searchFile({name, body: ''}).address)
  if (repair) report.repaired += search.faults.length
  for await (const key of foreignKeys(publisher, site)) note('foreign', key)
  return report
}

type Look = (entry: ManifestTable) => Promise<{fault: Fault; detail?: string} | undefined>

/** Looks at one entry; what a release changed in the meantime is looked at as it is now. */
function createLook(publisher: Publisher, site: string, report: VerifyReport): Look {
  const {deps, options} = publisher
  const readPublic = publicReader(publisher, site)

  async function inObjects(entry: ManifestTable) {
    const found = await deps.objects.get(objectKey(site, entry.key), {signal: AbortSignal.timeout(options.callMs)})
    if (found === undefined) return {fault: 'missing'} as const
    if (sha256(found.body) !== entry.hash) return {fault: 'altered', detail: 'other bytes'} as const
    if (!sameHeaders(found.headers, JSON.parse(entry.headers) as ObjectHeaders))
      return {fault: 'altered', detail: 'other headers'} as const
    return undefined
  }

  async function atPublicUrl(entry: ManifestTable) {
    if (report.unreachable !== undefined || report.asked >= askedAtMost) return undefined
    report.asked += 1
    const answer = await (await readPublic)(entry)
    if (answer === entry.hash) return undefined
    if (answer?.startsWith('no answer') === true) {
      report.unreachable = answer
      return undefined
    }
    return {fault: 'stale', detail: `the public URL answers ${answer ?? 'nothing'}`} as const
  }

  return async (entry) => {
    if (entry.state === 'kept') return undefined
    if (entry.state !== 'live') {
      report.inDoubt += 1
      return undefined
    }
    report.checked += 1
    const fault = (await inObjects(entry)) ?? (await atPublicUrl(entry))
    if (fault === undefined) return undefined
    const now = (await manifestAt(deps.ledger.db, site, [entry.key])).get(entry.key)
    const isSame = now?.state === 'live' && now.hash === entry.hash && now.headers === entry.headers
    return isSame ? fault : undefined
  }
}

async function* chosenEntries({deps}: Publisher, {site, sample}: VerifyOptions): AsyncGenerator<ManifestTable> {
  if (sample === undefined) return yield* manifestEntries(deps.ledger.db, site)
  // The smallest hashes of the keys are a choice that nobody made, and at most `sample` of them are held.
  let chosen: {order: string; entry: ManifestTable}[] = []
  for await (const entry of manifestEntries(deps.ledger.db, site)) {
    chosen.push({order: sha256(`${deps.clock.now()} ${entry.key}`), entry})
    if (chosen.length > sample * 2) chosen = smallest(chosen, sample)
  }
  for (const {entry} of smallest(chosen, sample)) yield entry
}

function smallest<Item extends {order: string}>(items: Item[], count: number): Item[] {
  return items.toSorted((a, b) => (a.order < b.order ? -1 : 1)).slice(0, count)
}

async function* inGroups<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let group: Item[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < atOnce) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Objects below the site that neither the manifest nor the search index names. */
async function* foreignKeys({deps, options}: Publisher, site: string): AsyncGenerator<string> {
  const prefix = objectKey(site, '')
  for await (const listed of inGroups(deps.objects.list(prefix))) {
    const keys = listed.map(({key}) => key.slice(prefix.length))
    const known = new Set((await manifestAt(deps.ledger.db, site, keys)).keys())
    if (keys.some((key) => key.startsWith('search/')))
      for (const name of (await searchFilesOf(deps.ledger.db, site)).keys()) known.add(searchFile({name, body: ''}).key)
    for (const key of keys) {
      // Below names that start with ~ lie previews, and sites of their own.
      if (key.startsWith('~') || (key === recordKey && options.keepsRecord(site))) continue
      // What a release has just removed was listed before it went.
      if (!known.has(key) && (await deps.objects.head(objectKey(site, key))) !== undefined) yield key
    }
  }
}
