import {once} from 'node:events'
import {createServer} from 'node:http'
import type {IncomingMessage, RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {startFauxqs} from 'fauxqs'
import type {FauxqsServer} from 'fauxqs'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {listed, testObjects} from './conformance.ts'
import type {Differences} from './conformance.ts'
import {defaultHeaders, openObjects} from './index.ts'
import type {Objects, OpenObjectsOptions} from './index.ts'

const credentials = {accessKeyId: 'TESTKEY', secretAccessKey: 'test-secret-that-must-not-show'}
const body = new TextEncoder().encode('hello')
const page = defaultHeaders('index.html')

let server: FauxqsServer
let prefixes = 0
beforeAll(async () => {
  server = await startFauxqs({port: 0, logger: false, init: {buckets: ['site']}})
})
afterAll(() => server.stop())

const urlOf = (port: number, bucket = 'site') =>
  `s3://${bucket}/sites/${++prefixes}?endpoint=http://127.0.0.1:${port}&region=eu-west-1`
const open = (url: string, options: OpenObjectsOptions = {}) => openObjects(url, {credentials, ...options})

const differences: Differences = {
  losesRedirects: 'the server of this test does not keep x-amz-website-redirect-location',
  listsInOtherOrder: 'the server of this test sorts keys as a dictionary would',
}
testObjects('S3', () => open(urlOf(server.port)), differences)
testObjects('S3 with required checksums only', () => open(`${urlOf(server.port)}&checksums=required`), differences)

describe('objects in S3', () => {
  test('lie below their prefix, and two prefixes do not see each other', async () => {
    const one = await open(urlOf(server.port))
    const two = await open(urlOf(server.port))
    await one.put('x.html', body, page)
    expect(await listed(two, '')).toEqual([])
    expect((await listed(one, '')).map(({key}) => key)).toEqual(['x.html'])
  })

  test('describe themselves without secrets', async () => {
    const objects = await open(`s3://site/field/notes?endpoint=http://127.0.0.1:${server.port}`)
    expect(objects.describe()).toBe(`bucket site at 127.0.0.1:${server.port}, below field/notes/`)
  })

  test('in a bucket that does not exist are refused when opened', async () => {
    await expect(open(urlOf(server.port, 'nowhere'))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'objects.no-bucket',
    })
  })

  test('are sent whole with their length, type and cache control', async () => {
    const seen: IncomingMessage[] = []
    const objects = await openAgainst((request, response) => {
      seen.push(request)
      response.setHeader('ETag', '"5d41402abc4b2a76b9719d911017c592"').end()
    })
    await objects.put('x.html', body, page)
    expect(seen.at(-1)?.headers).toMatchObject({
      'content-length': '5',
      'content-type': page.contentType,
      'cache-control': page.cacheControl,
    })
    expect(seen.at(-1)?.headers).not.toHaveProperty('transfer-encoding')
  })

  test.each([
    [403, 'AccessDenied', 'invalid', 'objects.denied'],
    [403, 'SignatureDoesNotMatch', 'invalid', 'objects.denied'],
    [404, 'NoSuchBucket', 'invalid', 'objects.no-bucket'],
    [301, 'PermanentRedirect', 'invalid', 'objects.refused'],
    [400, 'InvalidArgument', 'invalid', 'objects.refused'],
    [409, 'ConditionalRequestConflict', 'transient', 'objects.precondition'],
    [404, 'NoSuchUpload', 'transient', 'objects.unreachable'],
    [404, 'NoSuchKey', 'transient', 'objects.precondition'],
    [503, 'SlowDown', 'throttled', 'objects.throttled'],
    [500, 'InternalError', 'transient', 'objects.unreachable'],
  ] as const)('answered with %i %s end as %s %s', async (status, name, kind, code) => {
    const objects = await openAgainst((_, response) => {
      response.writeHead(status, {'content-type': 'application/xml'}).end(xmlError(name))
    })
    const error = await objects.put('x.html', body, page).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({kind, code, details: {status}})
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain(credentials.secretAccessKey)
  })

  test('of a server that does not answer end at the deadline', async () => {
    const objects = await openAgainst(() => {})
    const error = objects.put('x.html', body, page, {signal: AbortSignal.timeout(50)})
    await expect(error).rejects.toMatchObject({kind: 'transient', code: 'objects.deadline'})
  })

  test('of a server that does not answer end after the time of an attempt without a deadline', async () => {
    const objects = await openAgainst(() => {}, {attemptMs: 50})
    await expect(objects.head('x.html')).rejects.toMatchObject({kind: 'transient', code: 'objects.unreachable'})
  })

  test('stop at the deadline while the client waits between two attempts, and send no more', async () => {
    let requests = 0
    const objects = await openAgainst(
      (request, response) => {
        if (request.url?.includes('x.html')) requests++
        response.writeHead(503, {'retry-after': '1'}).end(xmlError('SlowDown'))
      },
      {maxAttempts: 50},
    )
    const late = {kind: 'transient', code: 'objects.deadline'}
    const put = (key: string, ms: number) => objects.put(key, body, page, {signal: AbortSignal.timeout(ms)})
    await expect(put('x.html', 700)).rejects.toMatchObject(late)
    // This one ends after the client's first wait, so that a second attempt of the other would have shown by then.
    await expect(put('y.html', 2_000)).rejects.toMatchObject(late)
    expect(requests).toBe(1)
  })

  test('are put by one plain request each, and by the SDK once that has failed', async () => {
    const seen: IncomingMessage[] = []
    const objects = await openAgainst((request, response) => {
      seen.push(request)
      if (request.url?.includes('cut.html') && seen.length === 2) return void request.socket.destroy()
      response.setHeader('ETag', '"abc"').end()
    })
    expect(await objects.put('ü (1)/x.html', body, {...page, status: 410})).toEqual({etag: 'abc'})
    expect(seen.map(({url}) => url)).toEqual([expect.stringMatching(/^\/site\/sites\/\d+\/%C3%BC%20%281%29\/x\.html$/)])
    expect(seen[0]!.headers).toMatchObject({'x-amz-meta-status': '410', 'x-amz-checksum-crc32': 'NhCmhg=='})
    expect(await objects.put('cut.html', body, page)).toEqual({etag: 'abc', retries: 1})
    expect(seen.slice(1).map(({url}) => url?.includes('x-id=PutObject'))).toEqual([false, true])
  })

  test('with headers beyond ASCII are left to the SDK', async () => {
    const seen: IncomingMessage[] = []
    const objects = await openAgainst((request, response) => {
      seen.push(request)
      response.setHeader('ETag', '"abc"').end()
    })
    await objects.put('x.html', body, {...page, link: '<https://hub.example/ü>; rel="hub"'})
    expect(seen.map(({url}) => url?.includes('x-id=PutObject'))).toEqual([true])
  })

  test('of a server that passes after two failures are written', async () => {
    let requests = 0
    const objects = await openAgainst((_, response) => {
      requests++
      if (requests < 3) response.writeHead(500).end(xmlError('InternalError'))
      else response.setHeader('ETag', '"abc"').end()
    })
    expect(await objects.put('x.html', body, page)).toEqual({etag: 'abc', retries: 2})
  })

  test('that could not be deleted are an error, though the answer as a whole is good', async () => {
    const objects = await openAgainst((_, response) => {
      const error = '<Error><Key>x</Key><Code>AccessDenied</Code><Message>no</Message></Error>'
      response.writeHead(200, {'content-type': 'application/xml'}).end(`<DeleteResult>${error}</DeleteResult>`)
    })
    await expect(objects.delete(['x'])).rejects.toMatchObject({kind: 'invalid', code: 'objects.denied'})
  })
})

describe('large objects in S3', () => {
  const large = Uint8Array.from({length: 9_000_000}, (_, at) => (at * 31) % 251)
  const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'

  test.each(['supported', 'required'])(
    'are put in parts with checksums=%s, and got back whole with headers',
    async (checksums) => {
      const objects = await open(`${urlOf(server.port)}&checksums=${checksums}`)
      const headers = {...page, status: 410} as const
      await objects.put('large.bin', large, headers)
      const found = await objects.get('large.bin')
      expect(found).toMatchObject({headers, size: large.byteLength})
      expect(Buffer.compare(found!.body, large)).toBe(0)
    },
  )

  test('are not visible where the last question before that says no, and leave no parts', async () => {
    const asked: string[] = []
    const objects = await openAgainst((request, response) => {
      asked.push(`${request.method} ${request.url?.replace(/^.*[?]/, '')}`)
      request.resume().on('end', () => {
        response.setHeader('ETag', '"part"').end(request.method === 'POST' ? begun : undefined)
      })
    })
    const over = new Error('the release is over')
    const put = objects.put('large.bin', large, page, {beforeVisible: () => Promise.reject(over)})
    await expect(put).rejects.toThrow('Could not write large.bin')
    expect(asked.filter((line) => line.startsWith('PUT'))).toHaveLength(2)
    expect(asked.at(-1)).toMatch(/^DELETE .*uploadId=u/)
    expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(1)
  })

  test('whose last answer is lost are tried again later, for the upload is over and the bytes may be there', async () => {
    let completions = 0
    const objects = await openAgainst((request, response) => {
      request.resume().on('end', () => {
        const isLast = request.method === 'POST' && request.url?.includes('uploadId=u')
        if (isLast && ++completions === 1) response.destroy()
        else if (isLast) response.writeHead(404, {'content-type': 'application/xml'}).end(xmlError('NoSuchUpload'))
        else response.setHeader('ETag', '"part"').end(request.method === 'POST' ? begun : undefined)
      })
    })
    const put = objects.put('large.bin', large, page)
    await expect(put).rejects.toMatchObject({kind: 'transient', code: 'objects.unreachable'})
    expect(completions).toBe(2)
  })

  test('of which a part fails are given up only after the calls for the other parts are over', async () => {
    const asked: string[] = []
    const refused = Promise.withResolvers<void>()
    const slow = Promise.withResolvers<void>()
    const objects = await openAgainst((request, response) => {
      const url = request.url ?? ''
      const answered = () => {
        if (request.method === 'DELETE') asked.push('given up')
        if (request.method === 'PUT') asked.push('part')
        response.setHeader('ETag', '"part"').end(request.method === 'POST' ? begun : undefined)
      }
      request.resume().on('end', () => {
        if (url.includes('partNumber=1')) {
          response.on('close', refused.resolve).writeHead(403, {'content-type': 'application/xml'})
          response.end(xmlError('AccessDenied'))
        } else if (url.includes('partNumber=2')) void slow.promise.then(answered)
        else answered()
      })
    })
    const put = objects.put('large.bin', large, page).catch((error: unknown) => error)
    await refused.promise
    // So many calls in turn are time enough for a hasty end to come before the part.
    for (let call = 0; call < 5; call++) await objects.head('another')
    slow.resolve()
    expect(await put).toMatchObject({code: 'objects.denied'})
    expect(asked).toEqual(['part', 'given up'])
  })
})

describe('conditions on puts', () => {
  test.each([
    ['quoted', (etag: string) => `"${etag}"`],
    ['bare, as some gateways want them', (etag: string) => etag],
  ])('are honoured by a server with ETags %s, and asked of it without the SDK', async (_, form) => {
    const answer = conditionalServer(form)
    const puts: string[] = []
    const port = await listen((request, response) => {
      if (request.method === 'PUT') puts.push(request.url ?? '')
      answer(request, response)
    })
    const objects = await open(urlOf(port))
    expect(objects.capabilities.conditionalPut).toBe(true)
    puts.length = 0
    const {etag} = await objects.put('x', body, page, {ifNoneMatch: '*'})
    const changed = {kind: 'transient', code: 'objects.precondition'}
    await expect(objects.put('x', new Uint8Array(1), page, {ifNoneMatch: '*'})).rejects.toMatchObject(changed)
    const second = await objects.put('x', new Uint8Array(2), page, {ifMatch: etag})
    await expect(objects.put('x', new Uint8Array(3), page, {ifMatch: etag})).rejects.toMatchObject(changed)
    expect((await objects.head('x'))?.etag).toBe(second.etag)
    expect(puts.map((url) => url.includes('x-id=PutObject'))).toEqual([false, false, false, false])
  })

  test('that fail because an earlier attempt of the same put had won are no failure', async () => {
    const objects = await open(urlOf(await listen(conditionalServer((etag) => `"${etag}"`))))
    const first = await objects.put('x', body, page, {ifNoneMatch: '*'})
    expect(await objects.put('x', body, page, {ifNoneMatch: '*'})).toEqual(first)
  })

  test('are left out for a server that ignores them', async () => {
    const objects = await open(urlOf(server.port))
    expect(objects.capabilities.conditionalPut).toBe(false)
    await objects.put('x', body, page, {ifNoneMatch: '*'})
    await objects.put('x', body, page, {ifNoneMatch: '*', ifMatch: 'wrong'})
  })

  test('leave nothing of the probe in the bucket', async () => {
    const url = urlOf(server.port)
    await open(url)
    expect(await listed(await open(url), '')).toEqual([])
  })
})

/** Opens objects on a server that lets the probe pass (as ignoring conditions) and then answers as told. */
async function openAgainst(answer: RequestListener, options: OpenObjectsOptions = {}): Promise<Objects> {
  const port = await listen((request, response) => {
    if (!request.url?.includes('broadside-probe') && !request.url?.includes('?delete')) return answer(request, response)
    if (request.method === 'POST' && opened) return answer(request, response)
    response.setHeader('ETag', '"probe"').end(request.method === 'POST' ? '<DeleteResult></DeleteResult>' : undefined)
  })
  let opened = false
  const objects = await open(urlOf(port), options)
  opened = true
  onTestFinished(() => objects.close())
  return objects
}

/** The few answers of S3 that conditions need, with ETags compared as `form` writes them. */
function conditionalServer(form: (etag: string) => string): RequestListener {
  const stored = new Map<string, {etag: string; headers: Record<string, string>}>()
  let count = 0
  return (request, response) => {
    const key = new URL(request.url ?? '/', 'http://s3').pathname
    const found = stored.get(key)
    if (request.method === 'POST') {
      response.end('<DeleteResult></DeleteResult>')
    } else if (request.method === 'PUT') {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const match = request.headers['if-match']
        const isRefused =
          (match !== undefined && (found === undefined || match !== form(found.etag))) ||
          (request.headers['if-none-match'] === '*' && found !== undefined)
        if (isRefused) return void response.writeHead(412).end(xmlError('PreconditionFailed'))
        const isHello = Buffer.concat(chunks).toString() === 'hello'
        const etag = isHello ? '5d41402abc4b2a76b9719d911017c592' : `etag${++count}`
        const {'content-type': type = '', 'cache-control': cache = ''} = request.headers
        stored.set(key, {etag, headers: {'content-type': type, 'cache-control': cache}})
        response.setHeader('ETag', `"${etag}"`).end()
      })
    } else if (found === undefined) response.writeHead(404).end()
    else response.writeHead(200, {...found.headers, ETag: `"${found.etag}"`}).end()
  }
}

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function xmlError(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>told so</Message></Error>`
}
