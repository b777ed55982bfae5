import {manifestAt, type ReleasesTable} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {keyOf} from '@broadside/site'
import {objectReader, publicReader} from './live-readers.ts'
import type {Publisher} from './publisher.ts'

/** The level at which the release is proven, or why it is not yet. */
export type Proof = {level: 'public' | 'objects'} | {missing: string}

const sampled = 50
/** Addresses looked at together while those are chosen. */
const chunk = 1_000
const always = ['/', '/feed.xml', '/atom.xml', '/feed.json']

/**
 * Compares what readers get with the manifest: the front page, the feeds, and up to fifty of the paths that the release
 * put, chosen by hash. Reading changes nothing, so it is repeated until it holds or its time is over.
 */
export async function proveRelease(publisher: Publisher, release: ReleasesTable): Promise<Proof> {
  const {deps, options} = publisher
  const db = deps.ledger.db
  const {site} = release
  const chosen = await chooseSample(publisher, release)
  const announced = await announcedAddresses(publisher, release)
  const addresses = [...new Set([...always, ...announced, ...chosen])]
  const entries = [...(await manifestAt(db, site, addresses.map(keyOf))).values()]
  const read = options.proofLevel === 'public' ? await publicReader(publisher, site) : objectReader(publisher, site)
  const answers = await Promise.all(entries.map(async (entry) => ({entry, hash: await read(entry)})))
  const wrong = answers.find(({entry, hash}) => hash !== entry.hash)
  if (wrong === undefined) return {level: options.proofLevel}
  return {missing: `${wrong.entry.address} answers ${wrong.hash ?? 'nothing'} instead of ${wrong.entry.hash}`}
}

/** Of what the release put, the same few for each try, whatever the size of the site. */
async function chooseSample({deps}: Publisher, {site, number}: ReleasesTable): Promise<string[]> {
  let chosen: {address: string; order: string}[] = []
  for (let last = ''; ;) {
    const rows = await deps.ledger.db
      .selectFrom('release_outputs')
      .select('address')
      .where('site', '=', site)
      .where('release', '=', number)
      .where('address', '>', last)
      .where('state', '=', 'put')
      .orderBy('address')
      .limit(chunk)
      .execute()
    const ordered = rows.map(({address}) => ({address, order: sha256(`${number} ${address}`)}))
    chosen = [...chosen, ...ordered].toSorted((a, b) => (a.order < b.order ? -1 : 1)).slice(0, sampled)
    if (rows.length < chunk) return chosen.map(({address}) => address)
    last = rows.at(-1)!.address
  }
}

/** Posts that became live with the release: the pages that mails will lead to. */
async function announcedAddresses({deps}: Publisher, {site, revision}: ReleasesTable): Promise<string[]> {
  const rows = await deps.ledger.db
    .selectFrom('posts as m')
    .innerJoin('post_versions as p', (join) => join.onRef('p.site', '=', 'm.site').onRef('p.id', '=', 'm.id'))
    .select('p.address')
    .where('m.site', '=', site)
    .where('m.first_live_revision', '=', revision)
    .where('p.from_revision', '=', revision)
    .limit(sampled)
    .execute()
  return rows.map(({address}) => address)
}
