import {checkFence, type ReleasesTable} from '@broadside/ledger'
import {objectKey, type Publisher} from './publisher.ts'
import {putIfUnchanged} from './put-if-unchanged.ts'

/** Where the record of a site's newest release lies: beside the site, and in no manifest. */
export const recordKey = '.well-known/broadside.json'

/**
 * Says beside the site which release is live, for whoever watches it from outside: release, revision, commit, and when it
 * went live. Only where the operator wants it. A repeat writes the same bytes.
 *
 * @throws BroadsideError `release.fenced` (uncertain) once another release goes on; what the objects throw.
 */
export async function writeRecord({deps, options}: Publisher, release: ReleasesTable): Promise<void> {
  const {site, number, revision, live_at: liveAt} = release
  if (!options.keepsRecord(site)) return
  const {db} = deps.ledger
  const {commit_id: commit} = await db
    .selectFrom('revisions')
    .select('commit_id')
    .where('site', '=', site)
    .where('number', '=', revision)
    .executeTakeFirstOrThrow()
  const record = {release: number, revision, commit, time: new Date(liveAt ?? 0).toISOString()}
  const body = new TextEncoder().encode(`${JSON.stringify(record)}\n`)
  const headers = {contentType: 'application/json; charset=utf-8', cacheControl: 'no-cache'}
  const file = {key: objectKey(site, recordKey), body, headers, known: 'unknown'} as const
  const fence = () => checkFence(db, site, number)
  await putIfUnchanged(deps.objects, file, {fence, signal: AbortSignal.timeout(options.callMs)})
}
