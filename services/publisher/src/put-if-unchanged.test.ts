import {startFauxqs, type FauxqsServer} from 'fauxqs'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {defaultHeaders, openObjects, type Objects} from '@broadside/objects'
import {BroadsideError} from '@broadside/runtime'
import {startFaultyGateway, type FaultyGateway} from '@broadside/testkit'
import {putIfUnchanged, type KnownObject} from './put-if-unchanged.ts'

let bucket: FauxqsServer
let gateway: FaultyGateway
let objects: Objects
let key: string
let keys = 0
beforeAll(async () => {
  bucket = await startFauxqs({port: 0, logger: false, init: {buckets: ['site']}})
  gateway = await startFaultyGateway(bucket.port, {keepsConditions: true})
  const url = `s3://site/put?endpoint=http://127.0.0.1:${gateway.port}&region=eu-west-1`
  objects = await openObjects(url, {credentials: {accessKeyId: 'KEY', secretAccessKey: 'secret'}})
})
afterAll(async () => {
  await objects.close()
  await gateway.close()
  await bucket.stop()
})
beforeEach(() => {
  key = `page-${(keys += 1)}.html`
  gateway.refused.length = 0
})

const headers = defaultHeaders('page.html')
const bytes = (text: string) => new TextEncoder().encode(text)
const signal = AbortSignal.timeout(60_000)
const open = async () => {}

const put = (text: string, known: KnownObject, fence: () => Promise<void> = open) =>
  putIfUnchanged(objects, {key, body: bytes(text), headers, known}, {fence, signal})

const there = async () => {
  const found = await objects.get(key)
  return found && new TextDecoder().decode(found.body)
}

/** A fence that is passed and slept behind, until somebody else has written; asked again, it is closed. */
function sleepsBehind(write: () => Promise<unknown>): () => Promise<void> {
  let isFirst = true
  return async () => {
    if (!isFirst) throw new BroadsideError('uncertain', 'release.fenced', 'a newer release goes on')
    isFirst = false
    await write()
  }
}

describe('a put that comes down after one of a newer release', () => {
  test.each(['known from before', 'asked for first'])(
    'leaves the newer bytes, what was there being %s',
    async (how) => {
      const {etag} = await put('first', 'nothing')
      const known = how === 'known from before' ? {etag} : 'unknown'
      const late = put(
        'second',
        known,
        sleepsBehind(async () => put('third', {etag})),
      )
      await expect(late).rejects.toMatchObject({code: 'release.fenced'})
      expect(await there()).toBe('third')
      expect(gateway.refused).toHaveLength(1)
    },
  )

  test('leaves them where nothing was before, too', async () => {
    const late = put(
      'second',
      'nothing',
      sleepsBehind(async () => put('third', 'nothing')),
    )
    await expect(late).rejects.toMatchObject({code: 'release.fenced'})
    expect(await there()).toBe('third')
  })
})

describe('a put of the release that goes on', () => {
  test('replaces what is there, and what others have put there without our knowing', async () => {
    await objects.put(key, bytes('of others'), headers)
    const first = await put('first', 'nothing')
    expect(await there()).toBe('first')
    await objects.put(key, bytes('of others'), headers)
    await put('second', first)
    expect(await there()).toBe('second')
    await objects.delete([key])
    await put('third', first)
    expect(await there()).toBe('third')
  })

  test('that was made already by an attempt whose answer is lost is done', async () => {
    const first = await put('first', 'nothing')
    expect(await put('first', 'nothing')).toEqual({etag: first.etag})
    expect(await put('first', 'unknown')).toMatchObject({etag: first.etag})
  })

  test('ends where others write there all the time, to be tried again later', async () => {
    await put('first', 'nothing')
    let others = 0
    const busy = async () => {
      await objects.put(key, bytes(`others ${(others += 1)}`), headers)
    }
    await expect(put('second', 'unknown', busy)).rejects.toMatchObject({
      kind: 'transient',
      code: 'objects.precondition',
    })
  })
})
