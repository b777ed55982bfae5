import {
  binariesAt,
  forgetImages,
  lastLiveRelease,
  madeImages,
  manifestEntries,
  markInDoubt,
  searchFilesOf,
  shownBy,
  type ManifestTable,
} from '@broadside/ledger'
import {searchFile} from '@broadside/site'
import {binaryKey} from './binaries.ts'
import {objectKey, type Publisher} from './publisher.ts'
import {refillFromGit} from './refill-from-git.ts'
import {verifySearch} from './verify-search.ts'

/** What was found to be gone, and is put again: outputs, files of the repository, files made of images. */
export type Reconciled = {site: string; outputs: number; binaries: number; images: number; search: number}

const chunk = 500

/**
 * Compares the objects with the ledger by their names alone, and has what is gone put again: files of the repository by
 * intake, which has it; made ones by being made anew; outputs by a release of the live revision. So a wiped bucket fills
 * itself. What lies there altered is `verifySite`'s to find. A repeat finds nothing.
 */
export async function reconcileSite(publisher: Publisher, site: string): Promise<Reconciled> {
  const {ledger, log} = publisher.deps
  const {db} = ledger
  const found: Reconciled = {site, outputs: 0, binaries: 0, images: 0, search: 0}
  const live = await lastLiveRelease(db, site)
  if (live === undefined) return found
  // What a release makes and puts while the objects are listed may be missing in the list: that is named here before.
  const made = await madeImages(db, site)
  const kept = await keysBelow(publisher, binaryKey(site, ''))
  const isKept = (hash: string) => kept.has(binaryKey(site, hash))
  const lost = (await binariesAt(db, site, shownBy(live))).filter(({hash}) => !isKept(hash))
  found.binaries = lost.length
  if (lost.length > 0) await refillFromGit(publisher, site, shownBy(live))
  const lostImages = made.filter(({hash}) => !isKept(hash))
  found.images = lostImages.length
  await forgetImages(db, site, lostImages)

  const there = await keysBelow(publisher, objectKey(site, ''))
  let missing: Omit<ManifestTable, 'state'>[] = []
  const doubt = async () => {
    const rows = missing
    missing = []
    if (rows.length > 0) await ledger.transaction((tx) => markInDoubt(tx, rows))
  }
  for await (const {state, ...row} of manifestEntries(db, site)) {
    const isNewer = row.release > live.number
    if (state !== 'live' || isNewer || there.has(objectKey(site, row.key))) continue
    found.outputs += 1
    missing.push(row)
    if (missing.length >= chunk) await doubt()
  }
  await doubt()

  const names = [...(await searchFilesOf(db, site))].filter(([, state]) => state === 'live').map(([name]) => name)
  const isLost = (name: string) => !there.has(objectKey(site, searchFile({name, body: ''}).key))
  found.search = names.filter(isLost).length
  if (found.search > 0) await verifySearch(publisher, site, true)
  if (found.outputs + found.binaries + found.images + found.search > 0) {
    log.warn({event: 'site.reconciled', ...found}, `objects of ${site} were gone, and are put again`)
  }
  return found
}

async function keysBelow({deps}: Publisher, prefix: string): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const {key} of deps.objects.list(prefix)) keys.add(key)
  return keys
}
