import {createHash} from 'node:crypto'
import {createServer, request, type Server} from 'node:http'
import {createServer as createTcpServer, type AddressInfo} from 'node:net'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {findVarnish} from '@broadside/servers'
import {startVarnish} from '@broadside/testkit'
import {isFullRun} from '@broadside/testkit/test-size'
import {openCdn, purge} from '../src/index.ts'

/** The real one, where it can be had: on Debian and its like, with a C compiler. */
const varnishes = [await findVarnish()].filter((found) => found !== undefined)
if (varnishes.length === 0 && isFullRun) throw new Error('A full run needs Varnish and a C compiler')

type Call = {method: string; path: string; headers: Record<string, unknown>; body: string}
type Answer = {status: number; body?: string; headers?: Record<string, string>}

let server: Server
let api: string
let calls: Call[]
/** What the API answers; each test gives what the CDN's documentation shows. */
let answer: (call: Call) => Answer

beforeEach(async () => {
  calls = []
  answer = () => ({status: 200, body: '{"success":true}'})
  server = createServer((asked, given) => {
    const parts: Buffer[] = []
    asked.on('data', (part: Buffer) => parts.push(part))
    asked.on('end', () => {
      const body = Buffer.concat(parts).toString()
      const call = {method: asked.method!, path: asked.url!, headers: asked.headers, body}
      calls.push(call)
      const {status, body: text = '', headers = {}} = answer(call)
      given.writeHead(status, headers).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-real-secret')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
})

const siteUrl = 'https://notes.example/blog/'
const urls = ['https://notes.example/blog/', 'https://notes.example/blog/posts/a/']
const at = (scheme: string, options = '') => `${scheme}?api=${encodeURIComponent(api)}${options}`
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

describe('Cloudflare', () => {
  test('takes thirty files in a call, and a prefix for the whole site', async () => {
    const cdn = await openCdn(at('cloudflare://Zone1'), 'secret')
    const many = Array.from({length: 31}, (_, n) => `${siteUrl}posts/p${n}/`)
    expect(await purge(cdn, {siteUrl, urls: many})).toEqual({urls: 31})
    expect(calls.map(({body}) => (JSON.parse(body) as {files: string[]}).files.length)).toEqual([30, 1])
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/zones/Zone1/purge_cache',
      headers: {authorization: 'Bearer secret', 'content-type': 'application/json'},
    })
    calls = []
    const small = await openCdn(at('cloudflare://Zone1', '&budget=30'), 'secret')
    expect(await purge(small, {siteUrl, urls: many})).toEqual({everything: true})
    expect(calls.map(({body}) => JSON.parse(body) as unknown)).toEqual([{prefixes: ['notes.example/blog/']}])
  })

  test('a refusal in a good answer is a refusal', async () => {
    answer = () => ({
      status: 200,
      body: '{"success":false,"errors":[{"code":1012,"message":"Request must contain …"}]}',
    })
    const cdn = await openCdn(at('cloudflare://Zone1'), 'secret')
    await expect(purge(cdn, {siteUrl, urls})).rejects.toMatchObject({code: 'cdn.refused', kind: 'invalid'})
  })
})

describe('Fastly', () => {
  test('purges each URL, or the whole service', async () => {
    answer = () => ({status: 200, body: '{"status":"ok","id":"1"}'})
    const cdn = await openCdn(at('fastly://SU1Z0isxPaozGVKXdv0eY'), 'secret')
    await purge(cdn, {siteUrl, urls})
    await cdn.purgeBelow(siteUrl)
    expect(calls.map(({method, path}) => `${method} ${path}`)).toEqual([
      'POST /purge/notes.example/blog/',
      'POST /purge/notes.example/blog/posts/a/',
      'POST /service/SU1Z0isxPaozGVKXdv0eY/purge_all',
    ])
    expect(calls.every(({headers}) => headers['fastly-key'] === 'secret')).toBe(true)
  })

  test('purges by surrogate keys, 256 in a call, and a site by that of its host', async () => {
    const cdn = await openCdn(at('fastly://Service1', '&keys=path&budget=1000'), 'secret')
    const many = Array.from({length: 257}, (_, n) => `${siteUrl}posts/p${n}/`)
    await purge(cdn, {siteUrl, urls: many})
    await cdn.purgeBelow(siteUrl)
    const keys = calls.map(({headers}) => String(headers['surrogate-key']).split(' '))
    expect(keys.map(({length}) => length)).toEqual([256, 1, 1])
    expect(keys[0]?.[0]).toBe(hashOf('/blog/posts/p0/'))
    expect(keys[2]).toEqual(['notes.example'])
  })
})

test('Bunny purges each URL and waits for it, and a site by a star', async () => {
  const cdn = await openCdn(at('bunny://zone'), 'secret')
  await purge(cdn, {siteUrl, urls})
  await cdn.purgeBelow(siteUrl)
  const asked = calls
    .map(({path}) => new URL(path, api))
    .map(({pathname, searchParams}) => ({
      pathname,
      ...Object.fromEntries(searchParams),
    }))
  expect(asked).toEqual([...urls, `${siteUrl}*`].map((url) => ({pathname: '/purge', url, async: 'false'})))
  expect(calls.every(({method, headers}) => method === 'POST' && headers['accesskey'] === 'secret')).toBe(true)
})

test('CloudFront gets signed invalidations of paths, and a repeat is the same one', async () => {
  answer = () => ({
    status: 201,
    headers: {'content-type': 'text/xml'},
    body: '<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id><Status>InProgress</Status></Invalidation>',
  })
  const cdn = await openCdn(at('cloudfront://E2EXAMPLE'), undefined)
  await purge(cdn, {siteUrl, urls})
  await cdn.purgeBelow(siteUrl)
  const paths = calls.map(({body}) => [...body.matchAll(/<Path>(.*?)<\/Path>/g)].map(([, path]) => path))
  expect(paths).toEqual([['/blog/', '/blog/posts/a/'], ['/blog/*']])
  expect(calls[0]?.path).toBe('/2020-05-31/distribution/E2EXAMPLE/invalidation')
  expect(calls[0]?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//)

  const references = () => new Set(calls.map(({body}) => /<CallerReference>(.*?)</.exec(body)?.[1]))
  calls = []
  vi.useFakeTimers({toFake: ['Date'], now: Date.parse('2026-11-20T12:00:10Z')})
  try {
    await purge(cdn, {siteUrl, urls})
    await purge(cdn, {siteUrl, urls})
    expect(references().size).toBe(1)
    vi.setSystemTime(Date.parse('2026-11-20T12:05:00Z'))
    await purge(cdn, {siteUrl, urls})
    expect(references().size, 'what changes again is told again').toBe(2)
  } finally {
    vi.useRealTimers()
  }
})

describe('a cache of one’s own', () => {
  test('gets PURGE with the host of the site for each URL, and BAN with patterns for all', async () => {
    answer = ({path}) => ({status: path === '/blog/' ? 200 : 404})
    const cdn = await openCdn(`purge+${api}`, undefined)
    await purge(cdn, {siteUrl, urls})
    expect(calls.map(({method, path, headers}) => [method, path, headers['host']])).toEqual([
      ['PURGE', '/blog/', 'notes.example'],
      ['PURGE', '/blog/posts/a/', 'notes.example'],
    ])

    // Node's own server knows no such method, so this one reads what comes as it is.
    const said = Promise.withResolvers<string>()
    const bare = createTcpServer((socket) => {
      socket.once('data', (bytes) => {
        said.resolve(bytes.toString())
        socket.end('HTTP/1.1 200 Banned\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      })
    })
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve))
    const {port} = bare.address() as AddressInfo
    await (await openCdn(`purge+http://127.0.0.1:${port}`, undefined)).purgeBelow('https://notes.example/b.log/')
    bare.close()
    const [line, ...headers] = (await said.promise).split('\r\n')
    expect(line).toBe('BAN /b.log/ HTTP/1.1')
    expect(headers).toEqual(
      expect.arrayContaining(['host: notes.example', 'x-host: ^notes\\.example$', 'x-url: ^/b\\.log/']),
    )
  })

  test('that knows a star gets one PURGE for all', async () => {
    const cdn = await openCdn(`purge+${api}?wildcard=star&budget=1`, undefined)
    expect(await purge(cdn, {siteUrl, urls})).toEqual({everything: true})
    expect(calls.map(({method, path}) => [method, path])).toEqual([['PURGE', '/blog/*']])
  })

  test('without BAN gets each PURGE, however many', async () => {
    const cdn = await openCdn(`purge+${api}?wildcard=each&budget=1`, undefined)
    expect(await purge(cdn, {siteUrl, urls})).toEqual({urls: 2})
    expect(calls.map(({method}) => method)).toEqual(['PURGE', 'PURGE'])
  })
})

test.each(varnishes)(
  'Varnish forgets the URLs that it is told, a 404 among them, or all of a site, and nothing of others',
  async (program) => {
    answer = () => ({status: calls.length <= 4 && calls.at(-1)?.path === '/b' ? 404 : 200, body: String(calls.length)})
    const cache = await startVarnish(program, `${api}/`)
    try {
      const all = ['notes.example/a', 'notes.example/b', 'notes.example/c', 'other.example/a']
      const read = async () => {
        const found: string[] = []
        for (const url of all) found.push(await readThrough(cache.url, url))
        return found
      }
      calls.length = 0
      const first = ['200 1', '404 2', '200 3', '200 4']
      expect(await read()).toEqual(first)
      expect(await read()).toEqual(first)
      const cdn = await openCdn(`purge+${cache.url}?budget=2`, undefined)
      const site = {siteUrl: 'https://notes.example/', urls: ['https://notes.example/a', 'https://notes.example/b']}
      expect(await purge(cdn, site)).toEqual({urls: 2})
      expect(await read()).toEqual(['200 5', '200 6', '200 3', '200 4'])
      expect(await purge(cdn, {...site, urls: [...site.urls, 'https://notes.example/d']})).toEqual({everything: true})
      expect(await read()).toEqual(['200 7', '200 8', '200 9', '200 4'])
    } finally {
      await cache.close()
    }
  },
)

/** What readers of a URL get from the cache, which they reach under the site's own name. */
function readThrough(cache: string, url: string): Promise<string> {
  const {host, pathname: path} = new URL(`http://${url}`)
  const {hostname, port} = new URL(cache)
  return new Promise((resolve, reject) => {
    const asked = request({hostname, port, path, headers: {host}, agent: false}, (given) => {
      let text = ''
      given.on('data', (part: Buffer) => (text += part.toString()))
      given.on('end', () => resolve(`${given.statusCode} ${text}`))
    })
    asked.on('error', reject).end()
  })
}

describe('what goes wrong', () => {
  test.each([
    [503, {}, {kind: 'transient', code: 'cdn.unreachable'}],
    [403, {}, {kind: 'invalid', code: 'cdn.refused'}],
    [429, {'retry-after': '7'}, {kind: 'throttled', code: 'cdn.throttled', retryAfterMs: 7_000}],
  ] as const)('status %i', async (status, headers, expected) => {
    answer = () => ({status, headers})
    for (const address of [at('bunny://zone'), at('fastly://Service1'), at('cloudflare://Zone1')]) {
      await expect(purge(await openCdn(address, 'secret'), {siteUrl, urls})).rejects.toMatchObject(expected)
    }
    const {retryAfterMs: _asked, ...plain} = expected as typeof expected & {retryAfterMs?: number}
    await expect(purge(await openCdn(`purge+${api}`, undefined), {siteUrl, urls})).rejects.toMatchObject(plain)
  })

  test('nobody there', async () => {
    for (const address of ['purge+http://127.0.0.1:1', 'bunny://zone?api=http://127.0.0.1:1']) {
      const call = purge(await openCdn(address, 'secret'), {siteUrl, urls})
      await expect(call).rejects.toMatchObject({kind: 'transient', code: 'cdn.unreachable'})
    }
  })

  test.each([
    ['not a url', 'no URL'],
    ['akamai://x', 'no CDN that it knows'],
    ['cloudflare://zone', 'needs a token'],
    ['bunny://', 'names nothing'],
    ['purge+http://cache?budget=many', 'no number'],
  ])('%s is refused at once', async (address, why) => {
    await expect(openCdn(address, undefined)).rejects.toMatchObject({
      code: 'cdn.url',
      message: expect.stringContaining(why),
    })
  })
})
