import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {createTravelClock, until, type TravelClock} from '@broadside/testkit'
import {post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import {startWorld, type World} from './start-world.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

const hour = 3_600_000
const day = 24 * hour

/** One world for the file: each test goes on from where and when the one before it has left it. */
let clock: TravelClock
let world: World
beforeAll(async () => {
  clock = createTravelClock()
  world = await startWorld({clock, files: {'posts/old.md': post('Old')}, subscribers: ['ana@readers.example']})
  await world.settled()
}, 60_000)
afterAll(() => world.stop())

test('a post scheduled for days ahead goes live by itself at its moment, after restarts, and never before', async () => {
  const due = clock.now() + 3 * day
  const {answer} = await world.push({'posts/soon.md': post('Soon', {publishAt: iso(due)})})
  expect(answer).toMatch(/1 scheduled; mail: none/)
  await world.settled()
  expect(await fragmentOf('posts/soon.md')).toBeDefined()
  await world.restart({meanwhile: () => clock.travelTo(due - day)})
  clock.travelTo(due - hour)
  expect((await world.get('/posts/soon/')).status).toBe(404)
  // The last moment passes by itself.
  clock.travelTo(due - 500)
  await revisionOf('clock', due)
  await world.settled()

  const {as_of: asOf, cause, number} = await lastRevision()
  expect({cause, number}).toEqual({cause: 'clock', number: 3})
  expect(asOf).toBeGreaterThanOrEqual(due)
  expect((await world.get('/posts/soon/')).status).toBe(200)
  expect((await world.mails()).map(({subject}) => subject)).toEqual(['Soon'])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('an expiry takes it down again by itself, for readers and in the feed', async () => {
  const ends = clock.now() + 5 * day
  await world.push({'posts/soon.md': post('Soon', {publishAt: '2020-01-01', expiryDate: iso(ends)})})
  await world.settled()
  expect((await world.get('/feed.xml')).body).toContain('Soon')
  clock.travelTo(ends)
  await revisionOf('clock', ends)
  await world.settled()
  expect((await world.get('/posts/soon/')).status).toBe(410)
  expect((await world.get('/feed.xml')).body).not.toContain('Soon')
})

test('what was due while Broadside was down is published at once when it is back, and mailed within its grace time', async () => {
  const due = clock.now() + day
  await world.push({
    'posts/one.md': post('One', {publishAt: iso(due)}),
    'posts/two.md': post('Two', {publishAt: iso(due + hour)}),
  })
  await world.settled()
  await world.restart({meanwhile: () => clock.travelTo(due + 3 * hour)})
  await revisionOf('clock', due)
  await world.settled()
  for (const slug of ['one', 'two']) expect((await world.get(`/posts/${slug}/`)).status).toBe(200)
  expect(await editions()).toMatchObject({One: 'complete null', Two: 'complete null'})
})

test('past its grace time it is published all the same, and its mail is held with the reason', async () => {
  const due = clock.now() + day
  await world.push({'posts/late.md': post('Late', {publishAt: iso(due)})})
  await world.settled()
  await world.restart({meanwhile: () => clock.travelTo(due + 30 * hour)})
  await revisionOf('clock', due)
  await world.settled()
  expect((await world.get('/posts/late/')).status).toBe(200)
  expect(await editions()).toMatchObject({Late: 'held its moment was 30 hours ago'})
})

test('dates without a zone are the site’s, on the day on which its clocks change as well, and move when its zone does', async () => {
  const year = new Date(clock.now()).getUTCFullYear() + 1
  const change = lastSundayOfMarch(year)
  const dated = (timezone: string) => ({
    'broadside.yaml': `title: Test site\ntimezone: ${timezone}\n`,
    'posts/day.md': post('Day', {date: change}),
    'posts/skipped.md': post('Skipped', {date: `${change} 02:30`}),
  })
  await world.push(dated('Europe/Berlin'))
  expect(await timers()).toEqual([`${previousDay(change)}T23:00:00.000Z`, `${change}T01:30:00.000Z`])
  await world.push({'broadside.yaml': dated('America/New_York')['broadside.yaml']})
  expect(await timers()).toEqual([`${change}T04:00:00.000Z`, `${change}T06:30:00.000Z`])
  clock.travelTo(Date.parse(`${change}T04:00:00.000Z`))
  await revisionOf('clock', Date.parse(`${change}T04:00:00.000Z`))
  await world.settled()
  expect((await world.get('/posts/day/')).status).toBe(200)
  expect((await world.get('/posts/skipped/')).status).toBe(404)
})

function iso(instant: number): string {
  return new Date(instant).toISOString()
}

function lastSundayOfMarch(year: number): string {
  const last = new Date(Date.UTC(year, 2, 31))
  return iso(last.getTime() - last.getUTCDay() * day).slice(0, 10)
}

function previousDay(date: string): string {
  return iso(Date.parse(date) - day).slice(0, 10)
}

async function lastRevision() {
  return world.ledger.db.selectFrom('revisions').selectAll().orderBy('number', 'desc').executeTakeFirstOrThrow()
}

/** Waits for a revision of this cause that was judged at the moment or after it. */
async function revisionOf(cause: string, since: number): Promise<void> {
  await until(`a revision by ${cause}`, async () => {
    const last = await lastRevision()
    return last.cause === cause && last.as_of >= since
  })
}

async function timers(): Promise<string[]> {
  const rows = await world.ledger.db
    .selectFrom('timers')
    .select('due')
    .where('owner', '=', 'intake')
    .orderBy('due')
    .execute()
  return rows.map(({due}) => iso(due))
}

async function fragmentOf(path: string) {
  return world.ledger.db
    .selectFrom('post_versions as v')
    .innerJoin('fragments as f', 'f.key', 'v.fragment_key')
    .select('f.key')
    .where('v.path', '=', path)
    .executeTakeFirst()
}

/** State and reason of each edition by its subject. */
async function editions(): Promise<Record<string, string>> {
  const rows = await world.ledger.db.selectFrom('editions').select(['subject', 'state', 'reason']).execute()
  return Object.fromEntries(rows.map(({subject, state, reason}) => [subject, `${state} ${reason}`]))
}
