import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ImagePool} from '@broadside/images/pool'
import {openSiteView, type Ledger} from '@broadside/ledger'
import type {RenderPool} from '@broadside/markdown/pool'
import {acceptRevision, checkLinks, renderRevision, type RevisionSummary} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'
import {
  allOutputs,
  buildOutput,
  buildSearchIndex,
  keepNearbyPosts,
  keyOf,
  specOf,
  themeOf,
  waveOf,
  type BuiltOutput,
  type SiteView,
} from '@broadside/site'
import {openImageCache, type ImageCache} from './image-cache.ts'
import type {Source} from './open-source.ts'
import type {SiteFolder} from './site-folder.ts'

export type BuildOptions = {
  /** A ledger of this build alone, with the site's row and, where there is one, its memory as revision 1. */
  ledger: Ledger
  site: string
  source: Source
  /** The moment at which posts are live, scheduled or expired, ms. */
  asOf: number
  pool: RenderPool
  images: ImagePool
  /** Folder for the site's binaries while building. */
  scratch: string
  /** Folder for what is made of images; what is there already is not made again. */
  imageCache: string
  /** Opened once it is known which files there will be. */
  openFolder: (keys: string[]) => Promise<SiteFolder>
  onProgress: (what: 'rendering' | 'writing', done: number, total: number) => void
}

export type BuiltSite = {revision: number; summary: RevisionSummary; files: number; removed: number}

/**
 * The whole way from a commit to the files of the site, by the same code as the services and in one process: accept,
 * render, build each output. Same commit, memory, instant, settings and URLs: same bytes.
 */
export async function buildSite(options: BuildOptions): Promise<BuiltSite> {
  const {ledger, site, source, asOf, pool, onProgress} = options
  const binary = (hash: string) => join(options.scratch, hash)
  const rendering = {ledger, pool, source: 'build', now: () => asOf}
  await renderSeed(ledger, site, rendering)
  const accepted = await acceptRevision({
    ledger,
    mirror: source.mirror,
    site,
    commit: source.commit,
    cause: 'push',
    asOf,
    now: () => asOf,
    keepBinary: (hash, bytes) => writeFile(binary(hash), bytes),
    images: options.images,
    source: 'build',
  })
  if (accepted === undefined) throw new BroadsideError('bug', 'build.nothing', 'a fresh build found nothing to accept')
  const {number, summary} = accepted
  onProgress('rendering', 0, await countRenders(ledger, site, number))
  await renderRevision(rendering, {site, revision: number, of: 'all'})
  await checkLinks(ledger, site)

  const view = keepNearbyPosts(await openSiteView(ledger.db, site, number))
  const theme = themeOf(view)
  const addresses = new Set<string>()
  for await (const {address} of allOutputs(view, theme)) addresses.add(address)
  const search = await keepSearchIndex(view, options.scratch)
  const folder = await options.openFolder([...[...addresses].map(keyOf), ...search.keys()])
  const cache = openImageCache({
    dir: options.imageCache,
    pool: options.images,
    ledger,
    site,
    readSource: (hash) => readFile(binary(hash)),
  })
  let files = 0
  // Of an image that cannot be made smaller pages must know before they are built.
  for (const address of [...addresses].toSorted((a, b) => waveOf(specOf(a), true) - waveOf(specOf(b), true))) {
    const output = await buildOutput({address}, view, theme)
    const content = output && (await contentOf(output, cache, binary))
    if (output === undefined || content === undefined) continue
    await folder.write(output.key, content)
    files += 1
    onProgress('writing', files, addresses.size)
  }
  for (const [key, file] of search) await folder.write(key, {file})
  files += search.size
  return {revision: number, summary, files, removed: await folder.finish()}
}

/** The files of the search index by key, set aside: their names are known only when they are made. */
async function keepSearchIndex(view: SiteView, scratch: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const {key, body} of buildSearchIndex(view)) {
    const file = join(scratch, `search-${files.size}`)
    await writeFile(file, body)
    files.set(key, file)
  }
  return files
}

/** Undefined for what cannot be made of an image. */
async function contentOf(
  output: BuiltOutput,
  cache: ImageCache,
  binary: (hash: string) => string,
): Promise<Uint8Array | {file: string} | undefined> {
  if ('body' in output) return output.body
  if ('blob' in output) return {file: binary(output.blob)}
  return cache.make(output.make)
}

/** The last good versions that came with the memory have their sources, and their fragments are made like all others. */
async function renderSeed(
  ledger: Ledger,
  site: string,
  rendering: Parameters<typeof renderRevision>[0],
): Promise<void> {
  const seeds = await ledger.db.selectFrom('revisions').select('number').where('site', '=', site).execute()
  for (const {number} of seeds) await renderRevision(rendering, {site, revision: number, of: 'all'})
}

async function countRenders(ledger: Ledger, site: string, revision: number): Promise<number> {
  const row = await ledger.db
    .selectFrom('renders')
    .select((count) => count.fn.countAll<number>().as('renders'))
    .where('site', '=', site)
    .where('revision', '=', revision)
    .executeTakeFirst()
  return Number(row?.renders ?? 0)
}
