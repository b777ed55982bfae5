import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {captureRoutes} from './capture-routes.ts'
import {createCaptureServer, type CaptureServer} from './create-capture-server.ts'
import {createSubmitter} from './create-submitter.ts'

const noon = new Date('2026-11-02T12:00:00Z')
const mail = (subject: string, html = '') =>
  Buffer.from(
    `From: News <news@example.org>\r\nTo: ann@example.org\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n` +
      `Content-Type: text/${html === '' ? 'plain' : 'html'}; charset=utf-8\r\n\r\n${html || 'Hello, Ann.\r\n.\r\nBye.\r\n'}`,
  )

let dir: string
let capture: CaptureServer

const start = () => createCaptureServer({dir, now: () => noon})
async function submit(...raws: Buffer[]): Promise<void> {
  const submitter = createSubmitter({url: capture.url, connections: 4})
  const outcomes = await Promise.all(
    raws.map((raw) => submitter.submit({from: 'news@example.org', to: 'ann@example.org', raw})),
  )
  await submitter.close()
  expect(outcomes.map(({state}) => state)).toEqual(raws.map(() => 'accepted'))
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadside-capture-'))
  capture = await start()
})
afterEach(async () => {
  await capture.close()
  await rm(dir, {recursive: true})
})

describe('captured mail', () => {
  test('is listed and can be read whole', async () => {
    await submit(mail('=?utf-8?B?w4RwZmVs?='))
    const summary = {
      id: '0000000001',
      from: 'news@example.org',
      to: ['ann@example.org'],
      subject: 'Äpfel',
      receivedAt: noon.toISOString(),
    }
    expect(capture.list()).toEqual([summary])
    expect(await capture.get('0000000001')).toEqual({
      ...summary,
      headers: expect.arrayContaining([{key: 'to', value: 'ann@example.org'}]),
      text: 'Hello, Ann.\n.\nBye.\n',
      html: '',
      raw: mail('=?utf-8?B?w4RwZmVs?=').toString(),
    })
    expect(await capture.get('../../etc/passwd')).toBeUndefined()
  })

  test('is told to who listens, when it is on disk, until they stop', async () => {
    const told: string[] = []
    const stop = capture.onMessage(({id, subject}) => told.push(`${id} ${subject}`))
    await submit(mail('one'))
    stop()
    await submit(mail('two'))
    expect(told).toEqual(['0000000001 one'])
    expect((await readdir(dir)).toSorted()).toEqual(['0000000001.mail', '0000000002.mail'])
  })

  test('keeps ids and order over a restart, and new mail comes after', async () => {
    await submit(...Array.from({length: 30}, (_, n) => mail(`mail ${n}`)))
    const before = capture.list()
    await capture.close()
    await writeFile(join(dir, '0000000031.mail.part'), '{"half":')
    await writeFile(join(dir, 'notes.txt'), 'not a mail')
    capture = await start()
    expect(capture.list()).toEqual(before)
    expect(new Set(before.map(({subject}) => subject)).size).toBe(30)
    await submit(mail('after'))
    expect(capture.list().at(-1)).toMatchObject({id: '0000000031', subject: 'after'})
    expect(await readdir(dir)).not.toContain('0000000031.mail.part')
  })

  test('that was acknowledged is there after a kill in the middle of many', async () => {
    await capture.close()
    const code = `import {createCaptureServer} from '${join(import.meta.dirname, 'create-capture-server.ts')}'
      console.log((await createCaptureServer({dir: process.argv[1]})).url)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = await once(child.stdout, 'data')
    const submitter = createSubmitter({
      url: String(url).trim(),
      connections: 4,
      timeouts: {commandMs: 2000, dotMs: 2000},
    })
    const acknowledged: string[] = []
    const all = Array.from({length: 400}, async (_, n) => {
      const outcome = await submitter.submit({from: 'news@example.org', to: 'ann@example.org', raw: mail(`mail ${n}`)})
      if (outcome.state === 'accepted') acknowledged.push(`mail ${n}`)
      return outcome.state
    })
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(20), {timeout: 10_000, interval: 1})
    child.kill('SIGKILL')
    const states = await Promise.all(all)
    await submitter.close()
    capture = await start()
    const kept = capture.list().map(({subject}) => subject)
    expect(acknowledged.length).toBeLessThan(400)
    expect(acknowledged.filter((subject) => !kept.includes(subject))).toEqual([])
    const uncertain = states.filter((state) => state === 'uncertain').length
    expect(uncertain).toBeLessThanOrEqual(4)
    expect(kept.length - acknowledged.length).toBeLessThanOrEqual(uncertain)
  })

  test('a port that is taken is told', async () => {
    await expect(createCaptureServer({dir, port: capture.port})).rejects.toMatchObject({
      code: 'smtp.capture.taken',
      kind: 'invalid',
    })
  })
})

describe('captureRoutes', () => {
  const get = (path: string) => captureRoutes(capture).request(path)

  test('give the list and each message as JSON', async () => {
    await submit(mail('one'))
    expect(await (await get('/api/messages')).json()).toEqual(capture.list())
    expect(await (await get('/api/messages/0000000001')).json()).toEqual(await capture.get('0000000001'))
    const missing = await get('/api/messages/0000000009')
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toContain('application/problem+json')
  })

  test('show an inbox, newest first', async () => {
    expect(await (await get('/')).text()).toContain('No mail yet')
    await submit(mail('older'))
    await submit(mail('<b>newer</b>'))
    const page = await (await get('/')).text()
    expect(page.indexOf('&lt;b&gt;newer')).toBeGreaterThan(0)
    expect(page.indexOf('&lt;b&gt;newer')).toBeLessThan(page.indexOf('older'))
    expect(page).toContain('href="/messages/0000000002"')
  })

  test('show a hostile mail without running it', async () => {
    await submit(mail('x', '<script>alert(1)</script>"></iframe><img src=x onerror=alert(2)>'))
    const answer = await get('/messages/0000000001')
    const page = await answer.text()
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('<img')
    expect(page).toMatch(/<iframe[^>]*\ssandbox="allow-popups allow-popups-to-escape-sandbox"/)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await get('/messages/7')).status).toBe(404)
  })
})
