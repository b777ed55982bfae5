import {
  checkFence,
  manifestAt,
  markInDoubt,
  openSiteView,
  outputsOfPart,
  recordPuts,
  settleOutputs,
  type Db,
  type ManifestTable,
} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {buildOutput, keyOf, themeOf, type BuiltOutput} from '@broadside/site'
import {BroadsideError} from '@broadside/runtime'
import {guardWrites} from './guard-writes.ts'
import {binaryKey, objectKey, type Publisher} from './publisher.ts'

export type PartKey = {site: string; release: number; wave: number; part: number}

type Put = {row: Omit<ManifestTable, 'state'>; output: BuiltOutput}

/**
 * Builds one part of a wave and puts what differs from the manifest: built → marked in doubt → put → recorded. A crash
 * at any point leaves the paths in doubt and the outputs planned, and a repeat does them again with the same bytes.
 *
 * @throws BroadsideError `release.fenced` (uncertain) once another release goes on; what the objects throw.
 */
export async function putPart(publisher: Publisher, key: PartKey, revision: number): Promise<void> {
  const {ledger, clock, log} = publisher.deps
  const {site, release} = key
  const rows = await outputsOfPart(ledger.db, key)
  if (rows.length === 0) return
  const view = await publisher.views.open(`${site} ${revision}`, () => openSiteView(ledger.db, site, revision))
  const theme = themeOf(view)
  const there = await manifestAt(
    ledger.db,
    site,
    rows.map(({address}) => keyOf(address)),
  )

  const puts: Put[] = []
  const same: string[] = []
  const gone: string[] = []
  for (const {address} of rows) {
    const output = await buildOutput({address}, view, theme)
    if (output === undefined) {
      gone.push(address)
      continue
    }
    const hash = 'blob' in output ? output.blob : sha256(output.body)
    const row = {site, key: output.key, address, hash, headers: JSON.stringify(output.headers), release}
    const now = there.get(output.key)
    if (now?.state === 'live' && now.hash === hash && now.headers === row.headers) same.push(address)
    else puts.push({row, output})
  }

  await ledger.transaction(async (db) => {
    await checkFence(db, site, release)
    await markInDoubt(
      db,
      puts.map(({row}) => row),
    )
  })
  await guardWrites(
    ledger,
    puts.map(({row}) => row),
    async () => {
      const written = await Promise.allSettled(puts.map((put) => putOne(publisher, key, put)))
      // Only once every call is over may a newer release go on: one still under way could come down on its bytes.
      const failed = written.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      await ledger.transaction(async (db) => {
        await checkFence(db, site, release)
        await recordPuts(
          db,
          puts.map(({row}) => row),
        )
        await settlePart(db, key, {put: puts.map(({row}) => row.address), same, gone}, clock.now())
      })
    },
  )
  log.debug(
    {event: 'release.part.put', ...key, uploaded: puts.length, unchanged: same.length},
    `part ${key.part} of wave ${key.wave}: ${puts.length} uploaded`,
  )
}

type Settled = {put: string[]; same: string[]; gone: string[]}

async function settlePart(db: Db, {site, release}: PartKey, settled: Settled, now: number): Promise<void> {
  for (const state of ['put', 'same', 'gone'] as const) await settleOutputs(db, site, release, settled[state], state)
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

async function putOne(publisher: Publisher, {site, release}: PartKey, {output}: Put): Promise<void> {
  const {deps, options} = publisher
  const {ledger, objects} = deps
  const body = 'body' in output ? output.body : await readBinary(publisher, site, output.blob)
  await checkFence(ledger.db, site, release)
  const signal = AbortSignal.timeout(options.callMs)
  await objects.put(objectKey(site, output.key), body, output.headers, {signal})
}

async function readBinary({deps}: Publisher, site: string, hash: string): Promise<Uint8Array> {
  const found = await deps.objects.get(binaryKey(site, hash))
  if (found !== undefined) return found.body
  throw new BroadsideError('invalid', 'release.binary-missing', `the objects lack the file ${hash} of ${site}`, {
    hint: 'Push the file again, or restore private/ of the objects',
  })
}
