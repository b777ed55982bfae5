/**
 * Puts all files of a folder as a release does, part by part with the ledger's rows, and prints what that took as JSON;
 * what is not in it is the queue between the parts, and the building.
 *
 *     sh tools/run node bench/upload-release.ts FOLDER s3://bucket/prefix?endpoint=…
 */
import {hash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {ensureSite, moveRelease, openLedger, openRelease, planOutputs} from '@broadside/ledger'
import {createPace, defaultHeaders, openObjects} from '@broadside/objects'
import {keyOf} from '@broadside/site'
import type {HashedOutput} from '../services/publisher/src/build-outputs.ts'
import {defaultOptions, partOf, type Publisher} from '../services/publisher/src/publisher.ts'
import {putPart} from '../services/publisher/src/put-part.ts'

const [folder, url] = process.argv.slice(2) as [string, string]
const home = mkdtempSync(join(tmpdir(), 'broadside-bench-upload-'))
const ledger = await openLedger(`sqlite://${join(home, 'ledger.db')}`)
const objects = await openObjects(url)
const site = 'bench'
const wave = 1

async function outputAt(address: string): Promise<HashedOutput> {
  const key = keyOf(address)
  const body = readFileSync(join(folder, key))
  return {address, key, headers: defaultHeaders(key), body, hash: hash('sha256', body)}
}

const pace = createPace()
// A part of plain files asks for no more of a publisher than this.
const publisher = {
  deps: {ledger, objects, clock: {now: Date.now}, log: {debug() {}}},
  options: defaultOptions,
  build: (_at: unknown, addresses: string[]) => Promise.all(addresses.map(outputAt)),
  paceOf: () => pace,
} as unknown as Publisher

try {
  const urls = {site_url: 'https://bench.example/', audience_url: 'https://mail.example/'}
  await ensureSite(ledger.db, {name: site, remote: '/bench.git', branch: 'main', ...urls}, {id: 'bench', now: 0})
  const release = (await openRelease(ledger.db, site, 1, Date.now()))!
  await moveRelease(ledger.db, release, 'planning', {state: 'putting', wave})
  const addresses = readdirSync(folder).map((name) => `/${name}/`)
  const planned = addresses.map((address, at) => {
    const part = partOf(at)
    return {site, release: release.number, wave, part, address, kind: 'content', state: 'planned'}
  })
  await ledger.transaction((db) => planOutputs(db, planned))

  const startedAt = performance.now()
  const before = process.cpuUsage()
  const parts = partOf(addresses.length - 1) + 1
  let next = 0
  const lane = async (): Promise<void> => {
    for (let part = next++; part < parts; part = next++) {
      await putPart(publisher, {site, release: release.number, wave, part}, 1)
    }
  }
  await Promise.all(Array.from({length: defaultOptions.concurrency}, lane))
  const {user, system} = process.cpuUsage(before)
  const tookMs = performance.now() - startedAt
  console.log(JSON.stringify({files: addresses.length, tookMs, cpuMs: (user + system) / 1_000}))
} finally {
  await objects.close()
  await ledger.close()
  rmSync(home, {recursive: true})
}
