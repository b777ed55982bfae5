import {createHash} from 'node:crypto'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {findSubscriber, mailCounts, moveEdition, openEdition, openLedger, savePreferences} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {createAudience, createSpool, type AudienceDeps} from '../src/index.ts'
import {site, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
  const terms = [
    ['tag', 'nats', 'NATS'],
    ['author', 'ann', 'ann'],
    ['author', 'bob', 'bob'],
  ] as const
  const row = {site, post: 'p', date: 0, day: '2026-11-02', from_revision: 1, to_revision: Number.MAX_SAFE_INTEGER}
  const rows = terms.map(([kind, key, label]) => ({...row, kind, key, label}))
  await bed.ledger.db.insertInto('post_terms').values(rows).execute()
})
afterAll(() => bed.stop())

/** Somebody new, and the link in their mails. */
async function arrive(address: string): Promise<{subscriber: string; link: string}> {
  const {result} = (await bed.ask('subscribers.add', {site, address})) as {result: {id: string}}
  const expiresAt = new Date(bed.clock.now() + 600_000)
  return {
    subscriber: result.id,
    link: `/preferences/${bed.sign({purpose: 'preferences', subscriber: result.id, expiresAt})}`,
  }
}
const row = async (subscriber: string) => (await findSubscriber(bed.ledger.db, site, subscriber))!
const choices = async (subscriber: string) => {
  const {cadence, timezone, topics} = await row(subscriber)
  return {cadence, timezone, topics}
}

test('somebody chooses how often and what about, by a form that needs no script, in the language of the site', async () => {
  const {subscriber, link} = await arrive('ann@readers.example')
  const before = await bed.state()
  const html = await (await bed.get(link)).text()
  expect(await bed.state()).toBe(before)
  expect(html).toContain('Was soll von Field notes kommen?')
  expect(html).toMatch(/<input type="radio" name="cadence" value="each" checked>/)
  expect(html).toMatch(/<option selected>UTC<\/option>/)
  expect(html).toMatch(/<input type="checkbox" name="topic" value="tag:nats">\s*<span>NATS/)
  expect(html).toMatch(/<input type="checkbox" name="topic" value="author:bob">/)
  expect(html).not.toContain('<script')
  const form = new URLSearchParams('cadence=weekly&timezone=Europe/Berlin&topic=tag:nats&topic=author:bob&topic=evil')
  const headers = {'content-type': 'application/x-www-form-urlencoded'}
  const kept = await (await bed.post(link, form.toString(), headers)).text()
  expect(kept).toContain('Gemerkt')
  expect(kept).toMatch(/value="weekly" checked>/)
  expect(kept).toMatch(/value="tag:nats" checked>/)
  const chosen = {cadence: 'weekly', timezone: 'Europe/Berlin', topics: '["author:bob","tag:nats"]'}
  expect(await choices(subscriber)).toEqual(chosen)
  await bed.post(link, form.toString(), headers)
  const journal = await bed.ledger.db.selectFrom('audience_journal').select('event').execute()
  expect(journal.map(({event}) => event)).toEqual(['vouched', 'chose'])
  await bed.post(link, {cadence: 'daily', timezone: 'Europe/Atlantis'})
  expect(await choices(subscriber)).toEqual({cadence: 'daily', timezone: 'UTC', topics: null})
})

test('who left comes back by a link of their own, and by no other', async () => {
  const {subscriber, link} = await arrive('bob@readers.example')
  const left = await bed.post(`/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber})}`)
  const slip = /action="\.\.(\/preferences\/[^"]+\/return)"/.exec(await left.text())?.[1]
  expect((await row(subscriber)).state).toBe('unsubscribed')
  expect((await bed.get(slip!)).status).toBe(404)
  expect((await bed.post(slip!.replace('field-notes', 'other'))).status).toBe(404)
  expect((await row(subscriber)).state).toBe('unsubscribed')
  expect((await bed.post(slip!)).status).toBe(200)
  expect((await row(subscriber)).state).toBe('active')
  await bed.ledger.db.updateTable('subscribers').set({state: 'complained'}).where('id', '=', subscriber).execute()
  expect((await bed.post(`${link}/return`)).status).toBe(404)
  expect((await row(subscriber)).state).toBe('complained')
})

test('somebody takes their data with them and has it erased, by a link that ends', async () => {
  const {subscriber, link} = await arrive('cat@readers.example')
  const preferences = {cadence: 'weekly', timezone: 'Europe/Berlin', topics: ['tag:nats']} as const
  const told = {id: subscriber, preferences, cause: 'test', now: bed.clock.now()}
  await bed.ledger.transaction((tx) => savePreferences(tx, site, told))
  const answer = await bed.get(`${link}/data`)
  expect(answer.headers.get('content-disposition')).toContain('my-data.json')
  expect(await answer.json()).toMatchObject({
    address: 'cat@readers.example',
    state: 'active',
    preferences,
    history: [{what: 'active', detail: 'vouched, by operator'}, {detail: 'chose, by test'}],
  })
  expect(await (await bed.get(`${link}/erase`)).text()).toContain('Ja, alles löschen')
  expect((await row(subscriber)).state).toBe('active')
  expect((await bed.post(`${link}/erase`)).status).toBe(200)
  expect(await row(subscriber)).toMatchObject({state: 'erased', address: null})
  expect((await bed.get(link)).status).toBe(404)
  const late = await arrive('dan@readers.example')
  bed.clock.advance(700_000)
  expect((await bed.get(late.link)).status).toBe(404)
})

test('who leaves while the ledger is locked has left: it is kept on disk, and applied once, when the lock is gone', async () => {
  const {subscriber, link} = await arrive('eve@readers.example')
  const leave = `/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber})}`
  const other = new DatabaseSync(bed.databaseUrl.replace('sqlite://', ''))
  other.exec('begin immediate')
  try {
    const answer = await bed.post(leave, {'List-Unsubscribe': 'One-Click'})
    expect(answer.status).toBe(200)
    expect(await readdir(bed.spoolFolder)).toEqual([expect.stringMatching(/^\d{15}-[0-9a-f]{12}\.json$/)])
    expect((await row(subscriber)).state).toBe('active')
  } finally {
    other.exec('rollback')
    other.close()
  }
  await until(async () => (await readdir(bed.spoolFolder)).length === 0)
  expect((await row(subscriber)).state).toBe('unsubscribed')
  // A copy of an old request, as a kill between applying and forgetting leaves it, does not undo a return.
  const old = {site, subscriber, cause: 'link in a mail', at: bed.clock.now() - 60_000}
  expect((await bed.post(`${link}/return`)).status).toBe(200)
  await createSpool(bed.spoolFolder).keep(old)
  await until(async () => (await readdir(bed.spoolFolder)).length === 0)
  expect((await row(subscriber)).state).toBe('active')
})

test('who leaves while the ledger is not there at all is answered, in no look, and kept', async () => {
  const {subscriber} = await arrive('fay@readers.example')
  const down = await openLedger('sqlite::memory:')
  await down.check()
  await down.close()
  const {clock, tokens} = bed
  const log = createLogger({service: 'test', level: 'silent'})
  const queue = {} as AudienceDeps['queue']
  const spool = createSpool(join(bed.spoolFolder, 'of-another'))
  const {routes} = createAudience({ledger: down, queue, tokens, spool, clock, log})
  const leave = `/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber})}`
  expect(await (await routes.request(leave)).text()).toContain('Yes, unsubscribe me')
  const answer = await routes.request(leave, {method: 'POST'})
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('You have left')])
  const kept: string[] = []
  await spool.drain(async (leaving) => void kept.push(leaving.subscriber))
  expect(kept).toEqual([subscriber])
})

describe('where a sign-up has to show more', () => {
  const email = 'bea@signing.example'
  const routesWith = (challenge: 'time' | 'work') => {
    const {ledger, clock, tokens} = bed
    const queue = {add: async () => {}} as unknown as AudienceDeps['queue']
    const log = createLogger({service: 'test', level: 'silent'})
    return createAudience({ledger, queue, tokens, spool: createSpool(bed.spoolFolder), clock, log}, {challenge}).routes
  }
  type Routes = ReturnType<typeof routesWith>
  const post = (routes: Routes, body: Record<string, string>) =>
    routes.request('/subscribe', {method: 'POST', body: new URLSearchParams(body)})
  const fieldsOf = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    )
  const isKnown = async () =>
    (await bed.ledger.db.selectFrom('subscribers').select('id').where('address', '=', email).execute()).length > 0

  test('a second click is asked for, and counts after a moment, once, for its own site', async () => {
    const routes = routesWith('time')
    const page = await post(routes, {site, email})
    expect(page.headers.get('content-security-policy')).not.toContain('script-src')
    const html = await page.text()
    expect(html).toContain('Noch ein Klick')
    const fields = fieldsOf(html)
    expect(await (await post(routes, fields)).text()).toContain('Noch ein Klick')
    expect(await isKnown()).toBe(false)
    bed.clock.advance(2_000)
    expect((await post(routes, {...fields, site: 'nowhere'})).status).toBe(404)
    expect(await (await post(routes, {...fields, challenge: `${fields['challenge']}x`})).text()).toContain(
      'Noch ein Klick',
    )
    expect(await (await post(routes, fields)).text()).toContain('Ein Blick in den Posteingang')
    expect(await isKnown()).toBe(true)
    expect(await (await post(routes, fields)).text()).toContain('Noch ein Klick')
  })

  test('a script asks for work, does it and is let in, and one that did not is not', async () => {
    const routes = routesWith('work')
    const page = await post(routes, {site, email})
    const html = await page.text()
    const script = /<script>([^]*)<\/script>/.exec(html)![1]!
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`)
    const asked = (await (await routes.request(`/subscribe/challenge?site=${site}`)).json()) as Record<string, unknown>
    expect(asked).toEqual({kind: 'work', bits: 16, challenge: expect.any(String)})
    bed.clock.advance(2_000)
    const send = (answer: string) =>
      routes.request('/subscribe', {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({site, email: 'work@signing.example', challenge: asked['challenge'], answer}),
      })
    const lazy = await send('lazy')
    expect([lazy.status, ((await lazy.json()) as {code: string}).code]).toEqual([400, 'audience.challenge'])
    let answer = 0
    const digest = () =>
      createHash('sha256')
        .update(`${String(asked['challenge'])}.${answer}`)
        .digest()
    while (digest().readUInt16BE() !== 0) answer += 1
    expect((await send(String(answer))).status).toBe(202)
  })
})

test('a counted link leads where it was signed for, also while the ledger is locked, and sums are all that is kept', async () => {
  const {ledger, tokens, clock} = bed
  const about = {id: 'e1', site, post: 'p', revision: 1, release: 1, state: 'sending', reason: null} as const
  await openEdition(ledger.db, {...about, subject: 'News'}, clock.now())
  await moveEdition(ledger.db, 'e1', ['sending'], {frozen_at: clock.now()})
  clock.advance(3_600_000)
  const before = await bed.state()
  const url = 'https://field-notes.example/posts/nats/?a=1&b=%C3%BC#part'
  const token = tokens.sign({purpose: 'click', site, subscriber: 'e1', url})
  const path = (to: string) => `/c/${token}/${Buffer.from(to).toString('base64url')}`
  const browser = {'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'}

  for (const to of ['https://evil.example/', `${url}x`, '']) {
    const refused = await bed.get(path(to), browser)
    expect([refused.status, refused.headers.get('location')]).toEqual([404, null])
  }
  const open = tokens.sign({purpose: 'open', site, subscriber: 'e1'})
  expect((await bed.get(`/c/${open}/${Buffer.from(url).toString('base64url')}`, browser)).status).toBe(404)

  const other = new DatabaseSync(bed.databaseUrl.replace('sqlite://', ''))
  other.exec('begin immediate')
  try {
    const passed = await bed.get(path(url), browser)
    expect([passed.status, passed.headers.get('location')]).toEqual([302, url])
    expect(passed.headers.get('cache-control')).toBe('no-store')
    clock.advance(60_000)
    await until(() => bed.logged().includes('audience.counts.failed'))
  } finally {
    other.exec('rollback')
    other.close()
  }
  await bed.get(path(url), {'user-agent': 'curl/8.14.1'})
  const pixel = await bed.get(`/o/${open}.gif`, {'user-agent': 'Mozilla/5.0'})
  expect([pixel.status, pixel.headers.get('content-type')]).toEqual([200, 'image/gif'])
  clock.advance(60_000)
  const counts = () => mailCounts(ledger.db, 'e1')
  await until(async () => (await counts()).length === 3)
  expect(await counts()).toEqual([
    {edition: 'e1', kind: 'open', url: '', reader: 'preload', count: 1},
    {edition: 'e1', kind: 'click', url, reader: 'machine', count: 1},
    {edition: 'e1', kind: 'click', url, reader: 'person', count: 1},
  ])
  expect(await bed.state()).toBe(before)
})
