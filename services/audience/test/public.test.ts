import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {consentsOf} from '@broadside/ledger'
import {site, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

const form = (email: string, more: Record<string, string> = {}) => ({site, email, ...more})
const letters = () => bed.ledger.db.selectFrom('letters').select(['id', 'kind', 'state']).execute()
const journal = () =>
  bed.ledger.db.selectFrom('audience_journal').select(['event', 'state', 'cause']).orderBy('seq').execute()

describe('signing up', () => {
  test('makes a pending subscriber and one letter that a worker gets', async () => {
    const answer = await bed.post('/subscribe', form('Ann@Readers.example', {source: '/posts/nats/', name: 'Ann\r\nB'}))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Ein Blick in den Posteingang')
    expect(await bed.people()).toEqual(['Ann@readers.example pending'])
    expect(await letters()).toEqual([{id: expect.any(String), kind: 'confirmation', state: 'pending'}])
    await until(() => bed.sent.length === 1)
    expect(bed.sent).toEqual((await letters()).map(({id}) => id))
    expect(await journal()).toEqual([{event: 'signed-up', state: 'pending', cause: 'form /posts/nats/'}])
  })

  test('again within a day sends nothing more, later it does', async () => {
    await bed.post('/subscribe', form('ann@readers.example'))
    await bed.post('/subscribe', form('ANN@readers.example'))
    expect(await letters()).toHaveLength(1)
    bed.clock.advance(86_401_000)
    await bed.post('/subscribe', form('ann@readers.example'))
    expect(await letters()).toHaveLength(2)
    expect(await bed.people()).toHaveLength(1)
  })

  test('is answered the same whether the address is new, pending, active or has left', async () => {
    const answers = new Set<string>()
    const ask = async () => {
      const answer = await bed.post('/subscribe', form('ann@readers.example'))
      answers.add(`${answer.status} ${await answer.text()}`)
    }
    await ask()
    await ask()
    const subscriber = await bed.only()
    await bed.post(`/confirm/${bed.sign({purpose: 'confirm', subscriber})}`)
    await ask()
    expect(await letters()).toHaveLength(1)
    await bed.post(`/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber})}`)
    await ask()
    expect(answers.size).toBe(1)
    expect(await bed.people()).toEqual(['ann@readers.example pending'])
  })

  test('by a script is JSON both ways, and only our site may read the answer', async () => {
    const headers = {'content-type': 'application/json', origin: 'https://field-notes.example'}
    const answer = await bed.post('/subscribe', JSON.stringify(form('ann@readers.example')), headers)
    expect([answer.status, await answer.json()]).toEqual([202, {status: 'pending'}])
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://field-notes.example')
    const other = {...headers, origin: 'https://elsewhere.example'}
    const refused = await bed.post('/subscribe', JSON.stringify(form('bob@readers.example')), other)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    const bad = await bed.post('/subscribe', JSON.stringify(form('a@b, c@d.example')), headers)
    expect([bad.status, ((await bad.json()) as {code: string}).code]).toEqual([400, 'address.invalid'])
    expect(bad.headers.get('access-control-allow-origin')).toBe('https://field-notes.example')
  })

  test.each(['', 'ann', 'a@b.example, c@d.example', 'a@b.example\r\nRCPT TO:<evil@x.example>', '"q"@b.example'])(
    'refuses %j with a form to try again',
    async (email) => {
      const answer = await bed.post('/subscribe', form(email))
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain('action="subscribe"')
      expect(await bed.people()).toEqual([])
    },
  )

  test('does nothing for who fills in the hidden field, and says nothing of it', async () => {
    const answer = await bed.post('/subscribe', form('bot@readers.example', {website: 'https://spam.example'}))
    const usual = await bed.post('/subscribe', form('ann@readers.example'))
    expect([answer.status, await answer.text()]).toEqual([usual.status, await usual.text()])
    expect(await bed.people()).toEqual(['ann@readers.example pending'])
  })

  test('of an unknown site, without a field, or with a huge body is refused', async () => {
    expect((await bed.post('/subscribe', {site: 'nowhere', email: 'ann@readers.example'})).status).toBe(404)
    expect((await bed.post('/subscribe', {site})).status).toBe(400)
    expect((await bed.post('/subscribe', form('a'.repeat(20_000)))).status).toBe(413)
    const broken = await bed.post('/subscribe', '{"site":', {'content-type': 'application/json'})
    expect(broken.status).toBe(400)
    expect(await bed.people()).toEqual([])
  })

  test('takes no more than the limits from one network address and at one mail domain, and none at a domain that is refused', async () => {
    await bed.stop()
    const refusesDomain = (domain: string) => domain === 'thrown.example'
    bed = await startBed({trustProxy: true, signUpsPerIp: 2, signUpsPerDomain: 3, signUpsPerSite: 6, refusesDomain})
    const from = async (ip: string, email: string) =>
      (await bed.post('/subscribe', form(email), {'x-forwarded-for': `10.0.0.1, ${ip}`})).status
    expect(await from('2001:db8:1:2::3', 'a@readers.example')).toBe(200)
    expect(await from('2001:db8:1:2::4', 'b@readers.example')).toBe(200)
    expect(await from('2001:db8:1:2::5', 'c@readers.example')).toBe(429)
    expect(await from('192.0.2.7', 'd@readers.example')).toBe(200)
    expect(await from('192.0.2.8', 'e@READERS.example')).toBe(429)
    expect(await from('192.0.2.8', 'e@others.example')).toBe(200)
    expect(await from('192.0.2.9', 'e@thrown.example')).toBe(400)
    // Who is over a limit of their own uses up nothing of the site's.
    expect(await from('192.0.2.7', 'f@more.example')).toBe(200)
    for (let more = 0; more < 10; more += 1) expect(await from('192.0.2.7', `f${more}@more.example`)).toBe(429)
    expect(await from('192.0.2.10', 'g@last.example')).toBe(200)
    expect(await from('192.0.2.11', 'h@last.example')).toBe(429)
    bed.clock.advance(601_000)
    expect(await from('2001:db8:1:2::5', 'c@readers.example')).toBe(200)
  })
})

describe('links in mails', () => {
  test('confirm by a button and not by following the link', async () => {
    await bed.post('/subscribe', form('ann@readers.example'))
    const token = bed.sign({purpose: 'confirm', subscriber: await bed.only()})
    const before = await bed.state()
    const page = await bed.get(`/confirm/${token}`)
    expect(await page.text()).toContain(`<form class="form" method="post" action="${token}">`)
    expect(await bed.state()).toBe(before)
    for (const _ of [1, 2]) {
      const answer = await bed.post(`/confirm/${token}`)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('bestätigt')
    }
    expect(await bed.people()).toEqual(['ann@readers.example active'])
    expect((await journal()).map(({event}) => event)).toEqual(['signed-up', 'confirmed'])
  })

  test('unsubscribe by one click of a mail program, by the page, and a second time', async () => {
    await bed.ask('subscribers.add', {site, address: 'ann@readers.example'})
    const url = `/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber: await bed.only()})}`
    const before = await bed.state()
    expect((await bed.get(url)).status).toBe(200)
    expect(await bed.state()).toBe(before)
    const answer = await bed.post(url, {'List-Unsubscribe': 'One-Click'})
    expect([answer.status, answer.headers.get('set-cookie'), answer.headers.get('location')]).toEqual([200, null, null])
    expect(await bed.people()).toEqual(['ann@readers.example unsubscribed'])
    expect((await bed.post(url)).status).toBe(200)
    expect((await journal()).map(({event, cause}) => `${event}: ${cause}`)).toEqual([
      'vouched: operator',
      'unsubscribed: one click in a mail program',
    ])
  })

  test('an old confirmation link does not bring back who left', async () => {
    await bed.post('/subscribe', form('ann@readers.example'))
    const subscriber = await bed.only()
    await bed.post(`/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber})}`)
    expect((await bed.post(`/confirm/${bed.sign({purpose: 'confirm', subscriber})}`)).status).toBe(404)
    expect(await bed.people()).toEqual(['ann@readers.example unsubscribed'])
  })

  test('that are forged, cut, expired or for something else do nothing and do not say why', async () => {
    await bed.post('/subscribe', form('ann@readers.example'))
    const subscriber = await bed.only()
    const confirm = bed.sign({purpose: 'confirm', subscriber})
    const before = await bed.state()
    const paths = [
      `/confirm/${confirm.slice(0, -1)}`,
      `/confirm/${confirm}A`,
      `/confirm/${bed.sign({purpose: 'unsubscribe', subscriber})}`,
      `/confirm/${bed.sign({purpose: 'confirm', subscriber, expiresAt: new Date(1)})}`,
      `/unsubscribe/${confirm}`,
    ]
    const answers = new Set<string>()
    for (const path of paths) {
      for (const answer of [await bed.get(path), await bed.post(path)]) {
        answers.add(`${answer.status} ${await answer.text()}`)
      }
    }
    expect([...answers].map((answer) => answer.slice(0, 3))).toEqual(['404'])
    expect(await bed.state()).toBe(before)
  })

  test('lead to pages that keep the token to themselves', async () => {
    await bed.ask('subscribers.add', {site, address: 'ann@readers.example'})
    const token = bed.sign({purpose: 'unsubscribe', subscriber: await bed.only()})
    const answer = await bed.get(`/unsubscribe/${token}`)
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    const policy = headers['content-security-policy']
    expect(policy).toContain("default-src 'none'; style-src https://field-notes.example;")
    expect(policy).toContain("frame-ancestors 'none'")
    const html = await answer.text()
    expect(html.split(token)).toHaveLength(2)
    expect(html).toContain('href="https://field-notes.example/_/')
    expect(html).not.toContain('ann@')
  })
})

test('what shows that somebody asked for the mail is kept, until they are erased', async () => {
  await bed.post('/subscribe', form('ann@readers.example', {source: '/about/'}), {'x-forwarded-for': '192.0.2.7'})
  const subscriber = await bed.only()
  await bed.post(`/confirm/${bed.sign({purpose: 'confirm', subscriber})}`)
  const consents = () => consentsOf(bed.ledger.db, site, subscriber)
  expect((await consents()).map(({step, source, ip, text}) => [step, source, ip, text])).toEqual([
    ['signed-up', 'form /about/', null, null],
    ['confirmed', 'link in the confirmation mail', null, expect.stringContaining('Field notes abonnieren?')],
  ])
  await bed.ask('subscribers.erase', {site, address: 'ann@readers.example'})
  expect(await consents()).toEqual([])
})

test('mail addresses stand in the subscriber row alone', async () => {
  await bed.post('/subscribe', form('ann@readers.example', {source: 'ann@readers.example', name: 'Ann'}))
  await bed.post('/subscribe', form('ann@readers.example'))
  await bed.ask('subscribers.add', {site, address: 'bob@readers.example'})
  await bed.ask('subscribers.erase', {site, address: 'bob@readers.example'})
  await until(() => bed.sent.length === 1)
  expect(bed.logged()).toContain('audience.signed-up')
  expect(bed.logged()).not.toContain('readers.example')
  const tables = ['audience_journal', 'consents', 'letters', 'outbox', 'dead_letters'] as const
  for (const table of tables) {
    expect(JSON.stringify(await bed.ledger.db.selectFrom(table).selectAll().execute())).not.toContain('readers.example')
  }
})
