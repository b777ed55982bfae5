import {createEvent} from '@broadside/contracts'
import {
  appendEvents,
  checkFence,
  findRelease,
  keepOutputs,
  manifestAt,
  markInDoubt,
  moveRelease,
  openParts,
  outputsIn,
  recordRemovals,
  settleOutputs,
  type ManifestTable,
  type ReleasesTable,
} from '@broadside/ledger'
import {cacheKindOf} from '@broadside/objects'
import {keyOf} from '@broadside/site'
import {guardWrites} from './guard-writes.ts'
import {firstOfLanes} from './part-lanes.ts'
import {planRelease} from './plan-release.ts'
import {proveRelease} from './prove-release.ts'
import {hasCdn, purgeRelease} from './purge-release.ts'
import {lastWave, objectKey, type Publisher} from './publisher.ts'
import {putPart} from './put-part.ts'
import {writeRecord} from './write-record.ts'

const proofRetryMs = 1_000

/**
 * Takes a release as far as it can go now: plan, wave after wave, proof, live, removals. Parts of a large wave go to
 * the queue, a few at a time, and whoever settles the last of them calls again. Any number may call at once, any time: each step is a
 * compare-and-set on the ledger, and each put is fenced.
 */
export async function carryRelease(publisher: Publisher, site: string, number: number): Promise<void> {
  for (;;) {
    const release = await findRelease(publisher.deps.ledger.db, site, number)
    if (release === undefined) return
    const goOn = await step(publisher, release)
    if (!goOn) return
  }
}

/** One step; true when the next can follow at once. */
async function step(publisher: Publisher, release: ReleasesTable): Promise<boolean> {
  switch (release.state) {
    case 'planning':
      await planRelease(publisher, release)
      return true
    case 'putting':
      return putWave(publisher, release)
    case 'purging':
    case 'clearing':
      return purgeRelease(publisher, release)
    case 'proving':
      return prove(publisher, release)
    case 'removing':
      return removeGone(publisher, release)
    default:
      return false
  }
}

async function putWave(publisher: Publisher, release: ReleasesTable): Promise<boolean> {
  const {ledger, queue, clock} = publisher.deps
  const {site, number, wave, revision, attempt} = release
  const parts = await openParts(ledger.db, {site, release: number, wave})
  if (parts.length === 0) {
    const now = clock.now()
    const last = (await hasCdn(publisher, site))
      ? {state: 'purging', purging_at: now}
      : {state: 'proving', proving_at: now}
    const next = wave < lastWave ? {wave: wave + 1} : last
    await ledger.db
      .updateTable('releases')
      .set({...next, progress_at: clock.now()})
      .where('site', '=', site)
      .where('number', '=', number)
      .where('state', '=', 'putting')
      .where('wave', '=', wave)
      .execute()
    return true
  }
  const [only] = parts
  if (parts.length === 1 && only !== undefined) {
    await putPart(publisher, {site, release: number, wave, part: only}, revision)
    return true
  }
  await queue.addAll(
    'release.part',
    firstOfLanes(parts, publisher.options.partLanes).map((part) => ({site, release: number, wave, part})),
    {attempt},
  )
  return false
}

async function prove(publisher: Publisher, release: ReleasesTable): Promise<boolean> {
  const {deps, options} = publisher
  const now = deps.clock.now()
  const proof = await proveRelease(publisher, release)
  if ('level' in proof) return goLive(publisher, release, proof.level)
  if (now - (release.proving_at ?? now) < options.proofMs) {
    const attempt = release.attempt + 1
    await moveRelease(deps.ledger.db, release, 'proving', {attempt, trouble: proof.missing, progress_at: now})
    await deps.queue.add(
      'release.advance',
      {site: release.site, release: release.number},
      {attempt, delayMs: proofRetryMs},
    )
    return false
  }
  deps.log.error(
    {event: 'release.unproven', site: release.site, release: release.number, missing: proof.missing},
    `release ${release.number} of ${release.site} cannot be proven: ${proof.missing}`,
  )
  return goLive(publisher, release, 'unproven')
}

async function goLive(
  {deps}: Publisher,
  release: ReleasesTable,
  proof: 'public' | 'objects' | 'unproven',
): Promise<boolean> {
  const {ledger, bus, clock, log} = deps
  const {site, number, revision} = release
  const now = clock.now()
  const moved = await ledger.transaction(async (db) => {
    const set = {state: 'removing', proof, live_at: now, progress_at: now, trouble: null}
    if (!(await moveRelease(db, release, 'proving', set))) return undefined
    const row = await db
      .selectFrom('revisions')
      .select(['commit_id', 'accepted_at'])
      .where('site', '=', site)
      .where('number', '=', revision)
      .executeTakeFirstOrThrow()
    await appendEvents(
      db,
      'publisher',
      [createEvent('release.live', {site, release: number, revision, commit: row.commit_id, proof}, now)],
      now,
    )
    return row
  })
  if (moved === undefined) return true
  bus.nudge()
  const {uploaded, unchanged} = release
  log.info(
    {
      event: 'release.live',
      site,
      release: number,
      revision,
      commit: moved.commit_id,
      uploaded,
      unchanged,
      proof,
      tookMs: now - moved.accepted_at,
    },
    `release ${number} of ${site} is live: ${uploaded} uploaded, ${unchanged} unchanged, ${now - moved.accepted_at} ms after it was accepted`,
  )
  return true
}

/** Only after a release is live, and only paths of our own manifest. True when the CDN is to be told of them. */
async function removeGone(publisher: Publisher, release: ReleasesTable): Promise<boolean> {
  const {deps, options, paceOf} = publisher
  const {ledger, objects, clock} = deps
  const {site, number} = release
  const tells = await hasCdn(publisher, site)
  await writeRecord(publisher, release)
  const gone = await outputsIn(ledger.db, site, number, 'gone')
  const entries = [
    ...(
      await manifestAt(
        ledger.db,
        site,
        gone.map(({address}) => keyOf(address)),
      )
    ).values(),
  ]
  const kept = entries.filter((entry) => staysForNow(entry, number, options.keptReleases)).map(({key}) => key)
  const rows = entries.filter(({key}) => !kept.includes(key)).map((entry) => ({...entry, release: number}))
  if (entries.length > 0) {
    await ledger.transaction(async (db) => {
      await checkFence(db, site, number)
      await keepOutputs(db, site, number, kept)
      await markInDoubt(db, rows)
    })
  }
  await guardWrites(ledger, rows, async () => {
    const keys = rows.map(({key}) => key)
    if (keys.length > 0) {
      await paceOf(site).run(async () => {
        await checkFence(ledger.db, site, number)
        await objects.delete(
          keys.map((key) => objectKey(site, key)),
          {signal: AbortSignal.timeout(options.callMs + keys.length * 10)},
        )
      })
    }
    await ledger.transaction(async (db) => {
      await checkFence(db, site, number)
      await recordRemovals(db, site, number, keys)
      const stays = new Set(kept)
      const was = new Set(entries.map(({address}) => address))
      const left = entries.filter(({key}) => !stays.has(key)).map(({address}) => address)
      const never = gone.map(({address}) => address).filter((address) => !was.has(address))
      await settleOutputs(
        db,
        site,
        number,
        entries.filter(({key}) => stays.has(key)).map(({address}) => address),
        'kept',
      )
      await settleOutputs(db, site, number, left, 'removed')
      await settleOutputs(db, site, number, never, 'same')
      const now = clock.now()
      const next = tells ? {state: 'clearing', purging_at: now} : {state: 'done', done_at: now}
      await moveRelease(db, release, 'removing', {...next, removed: keys.length, progress_at: now})
    })
  })
  return tells
}

/**
 * An asset that older pages name stays beside the site for some releases: a reader may have opened such a page before.
 * What was kept by earlier releases and is planned again has been kept for long enough.
 */
function staysForNow({key, state, release}: ManifestTable, number: number, keptReleases: number): boolean {
  if (keptReleases === 0 || cacheKindOf(key) !== 'immutable') return false
  return state === 'live' || (state === 'kept' && release === number)
}
