import type {Mirror} from '@broadside/git'
import {binariesAt, type Ledger} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'

/**
 * Puts files of a site's repository into the objects again, as a revision has them; `keep` does so unless they are there.
 * What the repository no longer has is left out. A repeat does nothing.
 *
 * @returns how many files the revision has, and how many of them are kept now.
 */
export async function refillBinaries({
  ledger,
  mirror,
  site,
  revision,
  keep,
}: {
  ledger: Ledger
  mirror: Mirror
  site: string
  revision: number
  keep: (hash: string, bytes: Uint8Array) => Promise<void>
}): Promise<{files: number; kept: number}> {
  const {db} = ledger
  const row = await db
    .selectFrom('revisions')
    .select('commit_id')
    .where('site', '=', site)
    .where('number', '=', revision)
    .executeTakeFirst()
  if (row === undefined) throw new BroadsideError('invalid', 'revision.unknown', `there is no revision ${revision}`)
  const files = await binariesAt(db, site, revision)
  let kept = 0
  for (const {path, hash} of files) {
    const bytes = await mirror.readFile(row.commit_id, path)
    if (bytes === undefined || sha256(bytes) !== hash) continue
    await keep(hash, bytes)
    kept += 1
  }
  return {files: files.length, kept}
}
