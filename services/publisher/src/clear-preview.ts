import {forgetPreview, isRemoved, manifestEntries, markInDoubt, type ManifestTable} from '@broadside/ledger'
import {objectKey, type Publisher} from './publisher.ts'

const atOnce = 500

/**
 * Takes the files of a preview that is over from the objects, then from its manifest, and then all that the ledger has
 * of it; a repeat goes on with what is left. Only paths of its own manifest are removed. Should its branch come back
 * meanwhile this ends, and what may have been taken is in doubt, so that a release puts it again.
 */
export async function clearPreview(publisher: Publisher, site: string): Promise<void> {
  const {ledger, log} = publisher.deps
  const entries: Omit<ManifestTable, 'state'>[] = []
  for await (const {state: _state, ...entry} of manifestEntries(ledger.db, site)) entries.push(entry)
  for (let start = 0; start < entries.length; start += atOnce) {
    if (!(await removeFiles(publisher, site, entries.slice(start, start + atOnce)))) return
  }
  await forgetPreview(ledger.db, site)
  log.info({event: 'preview.cleared', site, files: entries.length}, `the files of the preview ${site} are gone`)
}

/** True while the preview is over. */
async function removeFiles(
  {deps: {ledger, objects}, options}: Publisher,
  site: string,
  entries: Omit<ManifestTable, 'state'>[],
): Promise<boolean> {
  const keys = entries.map(({key}) => key)
  const isBegun = await ledger.transaction(async (db) => {
    if (!(await isRemoved(db, site))) return false
    await markInDoubt(db, entries)
    return true
  })
  if (!isBegun) return false
  await objects.delete(
    keys.map((key) => objectKey(site, key)),
    {signal: AbortSignal.timeout(options.callMs + keys.length * 10)},
  )
  return ledger.transaction(async (db) => {
    const isOver = await isRemoved(db, site)
    if (isOver) await db.deleteFrom('manifest').where('site', '=', site).where('key', 'in', keys).execute()
    else await markInDoubt(db, entries)
    return isOver
  })
}
