import {createLogger} from '@broadside/runtime'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Ledger} from '@broadside/ledger'
import {checkExposure, createConsole} from './index.ts'
import {openTestLedger, startedAt} from './test-ledger.ts'

let ledger: Ledger
beforeEach(async () => {
  ledger = await openTestLedger()
})
afterEach(() => ledger.close())

const open = (token?: string) =>
  createConsole(
    {ledger, clock: {now: () => startedAt + 120_000}, log: createLogger({service: 'console', level: 'silent'})},
    token === undefined ? {} : {token},
  ).routes

async function read(path: string, init?: RequestInit): Promise<{status: number; text: string}> {
  const answer = await open().request(path, init)
  // Words alone: what a reader sees, with the markup's line breaks taken out.
  return {status: answer.status, text: (await answer.text()).replaceAll(/\s+/g, ' ')}
}

describe('the front page', () => {
  test('shows each site with its newest pushes and where it is', async () => {
    const {status, text} = await read('/')
    expect(status).toBe(200)
    expect(text).toContain('<a href="/sites/notes">notes</a>')
    expect(text).toContain('https://notes.example/blog/')
    expect(text).toContain('<a href="/sites/notes/revisions/2">Revision 2</a>')
    expect(text).toContain('1 new, 1 broken, 1 scheduled')
    expect(text).toContain('its mail is sending')
  })

  test('shows editions as a sum, and what waits for whom', async () => {
    const {text} = await read('/')
    expect(text).toContain('3 people: 1 pending, 1 accepted, 1 failed')
    expect(text).toMatch(/given up \(dead letters\)<\/dt> <dd class="bad"> 1 /)
    expect(text).toMatch(/mails of editions<\/dt> <dd class="wait"> 1 <span class="soft">for newsletter/)
  })
})

describe('a site', () => {
  test('has a timeline, the newest push first', async () => {
    const {text} = await read('/sites/notes')
    expect(text.indexOf('Revision 2')).toBeLessThan(text.indexOf('Revision 1'))
    expect((await read('/sites/notes?before=2')).text).not.toContain('Revision 2')
  })

  test('does not show the credentials of its repository', async () => {
    const {text} = await read('/sites/notes')
    expect(text).toContain('https://git.example/notes.git')
    expect(text).not.toContain('secret')
  })
})

describe('a push', () => {
  test('is shown from its commit to its mails', async () => {
    const {text} = await read('/sites/notes/revisions/2')
    expect(text).toContain('b'.repeat(40))
    expect(text).toContain('2 documents, 1 that cannot be, 120 ms later')
    expect(text).toContain('450 ms later')
    expect(text).toContain('12 uploaded, 2 unchanged, 1 removed')
    expect(text).toContain('<dd class="">public</dd>')
    expect(text).toContain('<code>posts/x.md:3:7</code>')
    expect(text).toContain('Close it.')
    expect(text).toContain('<code>posts/later.md</code> becomes live')
    expect(text).toContain('/editions/e1f2a3b4')
  })

  test('links its posts to their public pages, with titles that are only text', async () => {
    const {text} = await read('/sites/notes/revisions/2')
    expect(text).toContain('<a href="https://notes.example/blog/posts/when-nats/">When &lt;NATS&gt; &amp; when not</a>')
    expect(text).not.toContain('<NATS>')
  })

  test('says who outside was told of it, and who was not and why', async () => {
    const {text} = await read('/sites/notes/revisions/2')
    expect(text).toMatch(/websub <code>https:\/\/notes\.example\/blog\/feed\.xml<\/code> <span class="stage good">done/)
    expect(text).toMatch(/atom\.xml<\/code> <span class="stage bad">failed/)
    expect(text).toContain('404 &lt;b&gt;who?&lt;/b&gt;')
  })
})

describe('an edition', () => {
  test('shows every state, the sum, and what servers said, escaped', async () => {
    const {text} = await read('/editions/e1f2a3b4')
    expect(text).toContain('3 people; the states below add up to 3.')
    expect(text).toContain('550 &lt;script&gt;no such user&lt;/script&gt;')
    expect(text).toContain('Told since: 2 bounced (mailbox), 1 complained.')
    expect(text).not.toContain('<script')
  })
})

test.each([
  '/sites/none',
  '/sites/notes/revisions/9',
  '/sites/notes/revisions/x',
  '/editions/none',
  '/sites/none/revisions/1',
])('%s is not found, and says so on a page', async (path) => {
  const {status, text} = await read(path)
  expect(status).toBe(404)
  expect(text).toContain('Nothing is here.')
})

describe('every answer', () => {
  test.each(['/', '/sites/notes', '/editions/none', '/console.css'])('%s forbids scripts and frames', async (path) => {
    const {headers} = await open().request(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('is given to this machine’s own names alone, so that no foreign name can be pointed here', async () => {
    const from = (host: string) => open().request('/', {headers: {host}})
    expect((await from('evil.example')).status).toBe(403)
    expect((await from('127.0.0.1.evil.example')).status).toBe(403)
    for (const host of ['127.0.0.1:4106', 'localhost', '[::1]:4106']) expect((await from(host)).status).toBe(200)
  })
})

describe('with a token', () => {
  const token = 'a-token-of-24-characters'
  const basic = (password: string) => `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`
  const ask = (authorization?: string) =>
    open(token).request('/', {
      headers: {host: 'console.example', ...(authorization === undefined ? {} : {authorization})},
    })

  test('whoever does not know it is asked for it, and sees nothing', async () => {
    for (const authorization of [undefined, 'Bearer wrong', 'Bearer ', basic('wrong'), `Digest ${token}`]) {
      const answer = await ask(authorization)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Basic')
      expect(await answer.text()).not.toContain('notes')
    }
  })

  test('it is taken as a bearer token or as a password, from anywhere', async () => {
    expect((await ask(`Bearer ${token}`)).status).toBe(200)
    expect((await ask(basic(token))).status).toBe(200)
  })
})

test('it does not listen for other machines without a token', () => {
  expect(() => checkExposure({CONSOLE_HOST: '0.0.0.0'})).toThrow('for everybody who can reach it')
  expect(() => checkExposure({CONSOLE_HOST: '0.0.0.0', CONSOLE_TOKEN: 'a-token-of-24-characters'})).not.toThrow()
  expect(() => checkExposure({CONSOLE_HOST: '127.0.0.1'})).not.toThrow()
})
