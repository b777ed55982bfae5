import {recipeName} from '@broadside/images'
import {
  imageFilesOf,
  keptUpTo,
  lastLiveRelease,
  manifestEntries,
  openSiteView,
  type Db,
  type Ledger,
} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {sha256} from '@broadside/revision'
import {allOutputs, buildOutput, placeOf, themeOf, type BuiltOutput} from '@broadside/site'
import type {RunFile} from '../src/home.ts'

/** Where to look: a world of the test's process, or an installation in another. */
export type Installation = {ledger: Ledger; run: Pick<RunFile, 'site' | 'objectsUrl'>}

/** A site as path → SHA-256 of its bytes, with the headers it is served with; in order of the paths. */
export type SiteFiles = Record<string, string>

/**
 * What lies in the objects, save the search index, which follows later and is compared by its own test, and assets that
 * are kept for readers of older pages.
 */
export async function publishedSite({ledger, run}: Installation): Promise<SiteFiles> {
  const prefix = `sites/${run.site}/`
  const kept = await keptKeys(ledger.db, run.site)
  const objects = await openObjects(run.objectsUrl)
  const files: [string, string][] = []
  for await (const {key} of objects.list(prefix)) {
    const path = key.slice(prefix.length)
    if (placeOf(`/${path}`).kind === 'search-file' || kept.has(path)) continue
    const found = await objects.get(key)
    if (found !== undefined) files.push([path, line(sha256(found.body), found.headers)])
  }
  await objects.close()
  return inOrder(files)
}

/** Where assets lie that the site no longer names, for readers who still have its older pages. */
export async function keptKeys(db: Db, site: string): Promise<Set<string>> {
  const rows = await keptUpTo(db, site, Number.MAX_SAFE_INTEGER)
  return new Set(rows.map(({key}) => key))
}

/** What the ledger says is live. */
export async function manifestSite({ledger, run}: Installation): Promise<SiteFiles> {
  const files: [string, string][] = []
  for await (const {key, hash, headers, state} of manifestEntries(ledger.db, run.site)) {
    if (state === 'kept') continue
    files.push([key, `${line(hash, JSON.parse(headers) as Headers)}${state === 'live' ? '' : ` ${state}`}`])
  }
  return inOrder(files)
}

/** Everything that the live revision is, built anew. */
export async function freshSite({ledger, run}: Installation): Promise<SiteFiles> {
  const {db} = ledger
  const release = await lastLiveRelease(db, run.site)
  const view = await openSiteView(db, run.site, release!.revision)
  const files: [string, string][] = []
  for await (const spec of allOutputs(view)) {
    const output = await buildOutput(spec, view, themeOf(view))
    if (output === undefined) throw new Error(`${spec.address} is named as an output and is none`)
    files.push([output.key, line(await hashOf(db, run.site, output), output.headers)])
  }
  return inOrder(files)
}

async function hashOf(db: Db, site: string, output: BuiltOutput): Promise<string> {
  if ('body' in output) return sha256(output.body)
  if ('blob' in output) return output.blob
  const made = await imageFilesOf(db, site, output.make.source)
  return made.get(recipeName(output.make.recipe)) ?? 'never made'
}

type Headers = {contentType: string; cacheControl: string}

function line(hash: string, {contentType, cacheControl}: Headers): string {
  return `${hash} ${contentType} ${cacheControl}`
}

function inOrder(files: [string, string][]): SiteFiles {
  return Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
