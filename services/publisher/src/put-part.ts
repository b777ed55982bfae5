import type {CardOrder, ImageOrder} from '@broadside/images'
import {
  checkFence,
  manifestAt,
  markInDoubt,
  outputsOfPart,
  recordPuts,
  settleOutputs,
  settlePuts,
  type Db,
  type ManifestTable,
  type ReleaseOutputsTable,
} from '@broadside/ledger'
import {BroadsideError, shareTurn} from '@broadside/runtime'
import {keyOf, type BuiltOutput} from '@broadside/site'
import {readBinary} from './binaries.ts'
import type {HashedOutput} from './build-outputs.ts'
import {guardWrites} from './guard-writes.ts'
import {objectKey, type Publisher} from './publisher.ts'
import {putIfUnchanged, type KnownObject} from './put-if-unchanged.ts'
import {unlessRefilling} from './refill-from-git.ts'

export type PartKey = {site: string; release: number; wave: number; part: number}

type Kept = Pick<BuiltOutput, 'key' | 'headers'> &
  ({body: Uint8Array; hash: string} | {blob: string; make?: ImageOrder | CardOrder})
/** A larger file is put by several calls, and has as many times their time. */
const bytesPerCall = 8 * 1024 * 1024

type Put = {row: Omit<ManifestTable, 'state'>; output: Kept; known: KnownObject}

/**
 * Builds one part of a wave and puts what differs from the manifest: built → marked in doubt → put → recorded. A crash
 * at any point leaves the paths in doubt and the outputs planned, and a repeat does them again with the same bytes. A file
 * of the repository that the objects have lost is asked for.
 *
 * @throws BroadsideError `release.fenced` (uncertain) once another release goes on; `release.binary-awaited` (throttled)
 * until a lost file is there again, `release.binary-missing` (invalid) if it cannot be; what the objects throw.
 */
export async function putPart(publisher: Publisher, key: PartKey, revision: number): Promise<void> {
  await unlessRefilling(publisher, {site: key.site, revision}, () => putOutputs(publisher, key, revision))
}

async function putOutputs(publisher: Publisher, key: PartKey, revision: number): Promise<void> {
  const {ledger, clock, log} = publisher.deps
  const {site, release} = key
  const rows = await outputsOfPart(ledger.db, key)
  if (rows.length === 0) return
  const there = await manifestAt(
    ledger.db,
    site,
    rows.map(({address}) => keyOf(address)),
  )

  const planned = new Map(rows.map((row) => [row.address, row]))
  const puts: Put[] = []
  const same: string[] = []
  const gone: string[] = []
  const outputs = await publisher.build(
    {site, revision},
    rows.map(({address}) => address),
  )
  const kept = await Promise.all(outputs.map(async (output) => output && keptOutput(publisher, site, output)))
  for (const [index, {address}] of rows.entries()) {
    const output = kept[index]
    if (output === undefined) {
      gone.push(address)
      continue
    }
    const hash = 'blob' in output ? output.blob : output.hash
    const row = {site, key: output.key, address, hash, headers: JSON.stringify(output.headers), release}
    const now = there.get(output.key)
    if (now?.state === 'live' && now.hash === hash && now.headers === row.headers) same.push(address)
    else puts.push({row, output, known: knownBy(now)})
  }

  await ledger.transaction(async (db) => {
    await checkFence(db, site, release)
    await markInDoubt(
      db,
      puts.map(({row}) => row),
    )
  })
  // Each put asks right before it is made; those that are made at one time ask together.
  const fence = shareTurn(() => checkFence(ledger.db, site, release))
  await guardWrites(
    ledger,
    puts.map(({row}) => row),
    async () => {
      const written = await Promise.allSettled(puts.map((put) => putOne(publisher, put, fence)))
      // Only once every call is over may a newer release go on: one still under way could come down on its bytes.
      const failed = written.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      const recorded = written.flatMap((one, at) =>
        one.status === 'fulfilled' ? [{...puts[at]!.row, etag: one.value.etag}] : [],
      )
      await ledger.transaction(async (db) => {
        await checkFence(db, site, release)
        await recordPuts(db, recorded)
        const put = puts.map(({row: {address, hash}}) => ({...planned.get(address)!, hash}))
        await settlePart(db, key, {put, same, gone}, clock.now())
      })
    },
  )
  log.debug(
    {event: 'release.part.put', ...key, uploaded: puts.length, unchanged: same.length},
    `part ${key.part} of wave ${key.wave}: ${puts.length} uploaded`,
  )
}

/** What was put last, where nothing has been put there since: while a key is in doubt nobody knows. */
function knownBy(entry: ManifestTable | undefined): KnownObject {
  if (entry === undefined) return 'nothing'
  return entry.state !== 'doubt' && typeof entry.etag === 'string' ? {etag: entry.etag} : 'unknown'
}

/** What an image's place asks for is made and kept; undefined where it cannot be, and pages are told so. */
async function keptOutput(publisher: Publisher, site: string, output: HashedOutput): Promise<Kept | undefined> {
  if (!('make' in output)) return output
  const {key, headers, make} = output
  const blob = await publisher.makerOf(site).make(make)
  return blob === undefined ? undefined : {key, headers, blob, make}
}

type Settled = {put: (ReleaseOutputsTable & {hash: string})[]; same: string[]; gone: string[]}

async function settlePart(db: Db, {site, release}: PartKey, settled: Settled, now: number): Promise<void> {
  await settlePuts(db, settled.put)
  for (const state of ['same', 'gone'] as const) await settleOutputs(db, site, release, settled[state], state)
  await db
    .updateTable('releases')
    .set((e) => ({
      progress_at: now,
      uploaded: e('uploaded', '+', settled.put.length),
      unchanged: e('unchanged', '+', settled.same.length),
    }))
    .where('site', '=', site)
    .where('number', '=', release)
    .execute()
}

/** The body is read when its turn has come, so that no more large ones are in memory than are under way. */
async function putOne(
  publisher: Publisher,
  {row: {site, release}, output, known}: Put,
  fence: () => Promise<void>,
): Promise<{etag: string}> {
  const {deps, options, paceOf} = publisher
  const {key, headers} = output
  return paceOf(site).run(async () => {
    const body = 'body' in output ? output.body : await readKept(publisher, site, output)
    const callsMs = options.callMs * (1 + Math.floor(body.byteLength / bytesPerCall))
    const signal = AbortSignal.timeout(callsMs)
    const onRefused = () =>
      deps.log.info(
        {event: 'release.put.refused', site, release, key},
        `${key} of ${site} is not what was put there last: it is looked at before it is put again`,
      )
    return putIfUnchanged(deps.objects, {key: objectKey(site, key), body, headers, known}, {fence, signal, onRefused})
  })
}

/** What was made of an image is made again where the objects have lost it; they are asked once where they have it. */
async function readKept(
  {deps: {objects}, makerOf}: Publisher,
  site: string,
  {blob, make}: {blob: string; make?: ImageOrder | CardOrder},
): Promise<Uint8Array> {
  try {
    return await readBinary(objects, site, blob)
  } catch (error) {
    const isLost = error instanceof BroadsideError && error.code === 'release.binary-missing'
    if (make === undefined || !isLost) throw error
    await makerOf(site).makeAgain(make)
    return readBinary(objects, site, blob)
  }
}
