import {manifestEntries} from '@broadside/ledger'
import {objectKey, type Publisher} from './publisher.ts'

const atOnce = 500

/**
 * Takes the files of a preview that is over from the objects, and only then from its manifest; a repeat goes on with
 * what is left. Only paths of its own manifest are removed.
 */
export async function clearPreview({deps, options}: Publisher, site: string): Promise<void> {
  const {ledger, objects, log} = deps
  const keys: string[] = []
  for await (const {key} of manifestEntries(ledger.db, site)) keys.push(key)
  for (let start = 0; start < keys.length; start += atOnce) {
    const chunk = keys.slice(start, start + atOnce)
    await objects.delete(
      chunk.map((key) => objectKey(site, key)),
      {signal: AbortSignal.timeout(options.callMs + chunk.length * 10)},
    )
    await ledger.db.deleteFrom('manifest').where('site', '=', site).where('key', 'in', chunk).execute()
  }
  // Should its branch come back, everything is published anew.
  await ledger.transaction(async (db) => {
    await db.deleteFrom('release_outputs').where('site', '=', site).execute()
    await db.deleteFrom('releases').where('site', '=', site).execute()
  })
  log.info({event: 'preview.cleared', site, files: keys.length}, `the files of the preview ${site} are gone`)
}
