/**
 * How long a file of subscribers takes to come in, with the first look that changes nothing, the import, and the same
 * file once more; what memory it takes beyond the process at rest, and how long a transaction holds the write lock.
 *
 *     sh tools/run node bench/import-subscribers.ts [--rows 100000]
 */
import {createWriteStream, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {parseArgs} from 'node:util'
import {ensureSite, openLedger, type Ledger} from '@broadside/ledger'
import {importSubscribers} from '@broadside/service-audience/import-subscribers'
import {createTokens} from '@broadside/subscribers'

const {values} = parseArgs({options: {rows: {type: 'string', default: '100000'}}})
const rows = Number(values.rows)
const site = 'bench'
const folder = mkdtempSync(join(tmpdir(), 'broadside-bench-'))
const path = join(folder, 'list.csv')
const tokens = createTokens({keys: [{id: 'k1', secret: new Uint8Array(32).fill(1)}]})
const ledger = await openLedger(`sqlite://${folder}/ledger.db`)
const urls = {site_url: 'https://bench.example/', audience_url: 'https://mail.bench.example/'}
await ensureSite(ledger.db, {name: site, remote: '/r', branch: 'main', ...urls}, {id: 'b', now: Date.now()})
await pipeline(Readable.from(lines(rows)), createWriteStream(path))
console.log('| rows | what | took | CPU | rows/s | memory | longest transaction |')
console.log('| ---: | --- | ---: | ---: | ---: | ---: | ---: |')
try {
  await measure('a look', false)
  await measure('the import', true)
  await measure('the same again', true)
} finally {
  await ledger.close()
  rmSync(folder, {recursive: true, force: true})
}

async function measure(what: string, yes: boolean): Promise<void> {
  globalThis.gc?.()
  const rest = process.memoryUsage.rss()
  let most = rest
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 200)
  let longest = 0
  const timed: Ledger = {
    ...ledger,
    async transaction(work) {
      return ledger.transaction(async (tx) => {
        const from = performance.now()
        const done = await work(tx)
        longest = Math.max(longest, performance.now() - from)
        return done
      })
    },
  }
  const cpu = process.cpuUsage()
  const from = performance.now()
  const report = await importSubscribers({ledger: timed, tokens, clock: {now: Date.now}}, {site, path, yes})
  const seconds = (performance.now() - from) / 1_000
  const {user, system} = process.cpuUsage(cpu)
  clearInterval(timer)
  const spent = (user + system) / 1e6
  const cells = [report.rows, what, `${seconds.toFixed(1)} s`, `${spent.toFixed(1)} s`, Math.round(rows / seconds)]
  const memory = `${Math.round((most - rest) / 1e6)} MB`
  console.log(`| ${[...cells, memory, yes ? `${longest.toFixed(1)} ms` : ''].join(' | ')} |`)
}

function* lines(count: number): Generator<string> {
  yield 'email,name,status,created_at\n'
  for (let n = 0; n < count; n += 1) {
    const status = n % 20 === 0 ? 'unsubscribed' : 'active'
    yield `person.${n}@mail-${n % 997}.example.org,"Person, number ${n}",${status},2021-03-04T12:34:56Z\n`
  }
}
