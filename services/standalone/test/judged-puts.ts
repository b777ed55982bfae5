import {expect, test} from 'vitest'
import {defaultHeaders, openObjects, type Objects} from '@broadside/objects'
import {testObjects} from '@broadside/objects/conformance'
import {bucketCredentials, type RunningBucket} from './buckets.ts'

const page = defaultHeaders('index.html')
const bytes = (text: string) => new TextEncoder().encode(text)

/** What only a server can show that judges signatures and keeps conditions itself. */
export function testJudgedPuts(bucket: () => RunningBucket): void {
  let prefixes = 0
  const open = (credentials = bucketCredentials): Promise<Objects> => {
    const place = `s3://site/judged-${++prefixes}?endpoint=http://127.0.0.1:${bucket().gateway.port}`
    return openObjects(`${place}&region=eu-west-1`, {credentials})
  }

  testObjects('a bucket that judges', open)

  test('another secret is refused', async () => {
    const wrong = open({...bucketCredentials, secretAccessKey: 'another'})
    await expect(wrong).rejects.toMatchObject({kind: 'invalid', code: 'objects.denied'})
  })

  test('keys, headers and conditions of every kind are taken by the first request, without the SDK', async () => {
    const objects = await open()
    const keys = ['with space.html', 'ünïcode/日本語 😀.html', 'a+b&c=d%20e?.html', "it's (1)!*.html", '~x/$,;:@=.html']
    const headers = {...page, status: 410, link: '<https://hub.example/>; rel="hub"'} as const
    for (const key of keys) {
      const {etag, ...more} = await objects.put(key, bytes(key), headers, {ifNoneMatch: '*'})
      expect([key, more]).toEqual([key, {}])
      expect(await objects.put(key, bytes('again'), headers, {ifMatch: etag})).toEqual({etag: expect.any(String)})
      expect(await objects.get(key)).toMatchObject({body: bytes('again'), headers})
    }
    await objects.close()
  })

  test('of eight who put at one time where nothing is, or over the same bytes, one wins', async () => {
    const objects = await open()
    const race = async (condition: {ifNoneMatch: '*'} | {ifMatch: string}) => {
      const puts = Array.from({length: 8}, (_, at) =>
        objects.put('race', bytes(`${at} ${JSON.stringify(condition)}`), page, condition),
      )
      const outcomes = await Promise.allSettled(puts)
      const lost = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
      expect(lost).toEqual(Array(7).fill(expect.objectContaining({code: 'objects.precondition'})))
      return outcomes.findIndex(({status}) => status === 'fulfilled')
    }
    await race({ifNoneMatch: '*'})
    const {etag} = (await objects.head('race'))!
    const winner = await race({ifMatch: etag})
    expect((await objects.get('race'))?.body).toEqual(bytes(`${winner} ${JSON.stringify({ifMatch: etag})}`))
    await objects.close()
  })
}
