import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, openLedger} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {createLogger} from '@broadside/runtime'
import {createRepo, createTravelClock, until} from '@broadside/testkit'
import {expect, onTestFinished, test} from 'vitest'
import {createIntake} from '../src/index.ts'

const site = {name: 'notes', branch: 'main', site_url: 'https://notes.example/', audience_url: 'https://mail.example/'}

test('of two intakes on one ledger one makes the revision of a moment, and the other finds it made', async () => {
  const home = await mkdtemp(join(tmpdir(), 'broadside-intakes-'))
  const repo = await createRepo(home)
  const ledgerUrl = `sqlite://${join(home, 'ledger.db')}`
  const ledgers = [await openLedger(ledgerUrl), await openLedger(ledgerUrl)]
  const [ledger] = ledgers
  const objects = await openObjects(pathToFileURL(join(home, 'objects')).href)
  const clock = createTravelClock()
  const log = createLogger({service: 'test', level: 'silent', pretty: false})
  const due = [1, 2, 3].map((days) => clock.now() + days * 86_400_000)
  await repo.write(Object.fromEntries(due.map((at, n) => [`posts/${n}.md`, scheduled(at)])))
  await repo.commit('first')
  await repo.push()
  await ensureSite(ledger!.db, {...site, remote: repo.remote}, {id: 'site-id', now: clock.now()})
  const intakes = ledgers.map((own, n) => {
    const images = createImagePool({size: 1})
    const deps = {ledger: own, bus: {nudge() {}}, objects, images, mirrorsDir: join(home, `mirrors-${n}`), clock, log}
    return createIntake(deps, {pollMs: 60_000, sweepMs: 60_000, env: {}})
  })
  onTestFinished(async () => {
    for (const intake of intakes) await intake.stop()
    for (const own of ledgers) await own.close()
    await objects.close()
    await rm(home, {recursive: true, force: true})
  })

  const timers = () => ledger!.db.selectFrom('timers').select('due').execute()
  await intakes[0]!.start()
  await until('the first revision', async () => (await timers()).length === 3)
  await intakes[1]!.start()
  for (const [n, at] of due.entries()) {
    clock.travelTo(at)
    await until('its timer is gone', async () => (await timers()).length === 2 - n)
  }
  for (const intake of intakes) await intake.stop()

  const revisions = await ledger!.db.selectFrom('revisions').select(['number', 'cause']).orderBy('number').execute()
  expect(revisions.map(({number, cause}) => `${number} ${cause}`)).toEqual(['1 push', '2 clock', '3 clock', '4 clock'])
  const published = await ledger!.db
    .selectFrom('outbox')
    .select('event_id')
    .where('body', 'like', '%post.published%')
    .execute()
  expect(published).toHaveLength(3)
})

function scheduled(at: number): string {
  return `---\ntitle: A post\ndate: ${new Date(at).toISOString()}\n---\n\nText.\n`
}
