/**
 * How webhooks of many sites are answered, one at a time and when all sites push at once: the time from a hook to its
 * answer, and until every site's newest commit is accepted. Intake runs by itself; NATS is away, as it may be.
 *
 *     sh tools/run node bench/hooks.ts [--sites 100] [--hooks 1000] [--seconds 10]
 */
import {spawn} from 'node:child_process'
import {createHmac, randomUUID} from 'node:crypto'
import {cpSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {ensureSite, openLedger} from '@broadside/ledger'
import {createRepo, until} from '@broadside/testkit'

const {values} = parseArgs({
  options: {sites: {type: 'string'}, hooks: {type: 'string'}, seconds: {type: 'string'}},
})
const sites = Array.from({length: Number(values.sites ?? '100')}, (_, index) => `site-${index}`)
const hooks = Number(values.hooks ?? '1000')
const seconds = Number(values.seconds ?? '10')
const secret = 'the-secret-of-every-site'
const [hooksPort, port] = [14_110, 14_101]

const home = mkdtempSync(join(tmpdir(), 'broadside-hooks-'))
const repo = await createRepo(join(home, 'repo'))
await repo.write({'broadside.yaml': 'title: Bench\ntimezone: UTC\n', 'posts/one.md': '---\ntitle: One\n---\n\nText.\n'})
await repo.commit()
await repo.push()
const url = `sqlite://${home}/ledger.db`
const ledger = await openLedger(url)
for (const name of sites) {
  const remote = join(home, 'remotes', `${name}.git`)
  cpSync(repo.remote, remote, {recursive: true})
  const row = {name, remote, branch: 'main', site_url: `https://${name}.example.org/`}
  await ensureSite(ledger.db, {...row, audience_url: row.site_url}, {id: randomUUID(), now: Date.now()})
}

const env: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  DATABASE_URL: url,
  NATS_URL: 'nats://127.0.0.1:1',
  OBJECTS_URL: `file://${home}/objects`,
  MIRRORS_DIR: join(home, 'mirrors'),
  INTAKE_POLL_MS: '3600000',
  INTAKE_PORT: String(port),
  INTAKE_HOOKS_PORT: String(hooksPort),
  LOG_LEVEL: 'error',
}
for (const name of sites) env[`BROADSIDE_SITE_${name.replaceAll('-', '_').toUpperCase()}_WEBHOOK_SECRET`] = secret
const main = join(import.meta.dirname, '../services/intake/src/main.ts')
const child = spawn(process.execPath, [main], {env, stdio: 'inherit'})
try {
  await until('every site is there', async () => (await siteCount(1)) === sites.length, {withinMs: 120_000})

  const calm: number[] = []
  const first = await repo.git('rev-parse', 'HEAD')
  for (let index = 0; index < 100; index += 1) calm.push((await sendHook(sites[index % sites.length]!, first)).tookMs)

  await repo.write({'posts/two.md': '---\ntitle: Two\n---\n\nText.\n'})
  const after = await repo.commit()
  for (const name of sites) await repo.git('push', '--quiet', join(home, 'remotes', `${name}.git`), 'HEAD:main')

  const startedAt = performance.now()
  const answers = await Promise.all(
    Array.from({length: hooks}, async (_, index) => {
      const dueAt = startedAt + (index / hooks) * seconds * 1_000
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
      return sendHook(sites[index % sites.length]!, after)
    }),
  )
  const sentFor = performance.now() - startedAt
  await until('every push is accepted', async () => (await siteCount(2)) === sites.length, {withinMs: 60_000})
  const allAfter = performance.now() - startedAt

  const statuses = new Map<number, number>()
  for (const {status} of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')
  console.log(`${hooks} hooks of ${sites.length} sites in ${(sentFor / 1_000).toFixed(1)} s: ${counts}`)
  console.log(`all accepted after ${(allAfter / 1_000).toFixed(1)} s\n`)
  console.log('| answers | p50 | p95 | p99 | longest |\n| --- | ---: | ---: | ---: | ---: |')
  console.log(formatRow('one at a time', calm))
  const burst = answers.map(({tookMs}) => tookMs)
  console.log(formatRow('in the burst', burst))
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  await ledger.close()
  rmSync(home, {recursive: true, force: true})
}

/** How many sites have that many revisions. */
async function siteCount(revisions: number): Promise<number> {
  const rows = await ledger.db.selectFrom('revisions').select('site').where('number', '=', revisions).execute()
  return rows.length
}

/** Sends what GitHub would, signed, and waits for the answer. */
async function sendHook(site: string, commit: string): Promise<{status: number; tookMs: number}> {
  const body = JSON.stringify({ref: 'refs/heads/main', after: commit})
  const sentAt = performance.now()
  const answer = await fetch(`http://127.0.0.1:${hooksPort}/hooks/${site}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  })
  await answer.text()
  return {status: answer.status, tookMs: performance.now() - sentAt}
}

function formatRow(name: string, times: number[]): string {
  const sorted = times.toSorted((left, right) => left - right)
  const at = (share: number): string => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)} ms`
  return `| ${name} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`
}
