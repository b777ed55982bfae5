import {hash} from 'node:crypto'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {BroadsideError} from '@broadside/runtime'
import {defaultHeaders} from './default-headers.ts'
import type {ListedObject, ObjectHeaders, Objects} from './objects.ts'
import {partBytes} from './put-in-parts.ts'

/** What an adapter does otherwise than the others, each with the reason. */
export type Differences = {
  /** The reason why `redirectLocation` is not given back. */
  losesRedirects?: string
  /** The reason why a list is not in the order of the keys' bytes. */
  listsInOtherOrder?: string
  /** The reason why no object can lie at `x` while others lie below `x/`. */
  refusesFileAndFolder?: string
}

/** What every adapter of the port promises; `open` gives an empty place each time it is called. */
export function testObjects(name: string, open: () => Promise<Objects>, differences: Differences = {}): void {
  describe(`objects in ${name}`, () => {
    let objects: Objects
    beforeAll(async () => {
      objects = await open()
    })
    afterAll(() => objects.close())

    test('what was put is got back: bytes, headers, size and an ETag', async () => {
      const body = bytes('<h1>Hello</h1>')
      const {etag} = await objects.put('posts/hello/index.html', body, page)
      expect(await objects.get('posts/hello/index.html')).toEqual({body, headers: page, size: body.byteLength, etag})
      expect(await objects.head('posts/hello/index.html')).toEqual({headers: page, size: body.byteLength, etag})
    })

    test('the ETag of a plain put is the MD5 of its bytes, so it can be told beforehand', async () => {
      const {etag} = await objects.put('etag.txt', bytes('abc'), defaultHeaders('etag.txt'))
      expect(etag).toBe(hash('md5', 'abc'))
    })

    test('nothing at a key is undefined and no error', async () => {
      expect(await objects.get('nothing/here.html')).toBeUndefined()
      expect(await objects.head('nothing/here.html')).toBeUndefined()
      await objects.put('a-file', bytes('x'), page)
      expect(await objects.get('a-file/below')).toBeUndefined()
    })

    test('a put replaces the bytes and the headers, and a repeat changes nothing', async () => {
      const headers: ObjectHeaders = {contentType: 'text/plain', cacheControl: 'no-store', contentEncoding: 'gzip'}
      await objects.put('again.bin', bytes('first'), headers)
      const second = await objects.put('again.bin', bytes('second'), defaultHeaders('again.bin'))
      const repeat = await objects.put('again.bin', bytes('second'), defaultHeaders('again.bin'))
      expect(repeat).toEqual(second)
      const found = await objects.get('again.bin')
      expect(found).toMatchObject({body: bytes('second'), headers: defaultHeaders('again.bin')})
      expect(found?.headers).not.toHaveProperty('contentEncoding')
    })

    test('an empty body and bytes that are no text are kept as they are', async () => {
      const every = Uint8Array.from({length: 300_000}, (_, index) => (index * 7) % 256)
      await objects.put('every.bin', every, defaultHeaders('every.bin'))
      await objects.put('empty.txt', new Uint8Array(0), defaultHeaders('empty.txt'))
      expect(hash('sha256', (await objects.get('every.bin'))?.body ?? '')).toBe(hash('sha256', every))
      expect(await objects.get('empty.txt')).toMatchObject({body: new Uint8Array(0), size: 0})
    })

    test.each(['with space.html', 'ünïcode/日本語 😀.html', 'a+b&c=d%20e?.html', `${'long/'.repeat(40)}name.html`])(
      'the key %s works in every call',
      async (key) => {
        await objects.put(key, bytes(key), page)
        expect((await objects.get(key))?.body).toEqual(bytes(key))
        expect((await listed(objects, key)).map((found) => found.key)).toEqual([key])
        await objects.delete([key])
        expect(await objects.head(key)).toBeUndefined()
      },
    )

    test.each([
      '',
      '/abs',
      '../up',
      'a/../../b',
      'a//b',
      './a',
      'a/',
      'a\\b',
      'nul\0',
      'line\nbreak',
      'x'.repeat(1025),
    ])('the key %j is refused by every call', async (key) => {
      const refused = {kind: 'invalid', code: 'objects.key'}
      await expect(objects.put(key, bytes('x'), page)).rejects.toMatchObject(refused)
      await expect(objects.get(key)).rejects.toMatchObject(refused)
      await expect(objects.head(key)).rejects.toMatchObject(refused)
      await expect(objects.delete([key])).rejects.toMatchObject(refused)
    })

    test('a redirect is kept, or known to be lost', async () => {
      const headers = {...page, redirectLocation: '/new/'}
      await objects.put('old/index.html', bytes(''), headers)
      const kept = differences.losesRedirects === undefined ? headers : page
      expect((await objects.head('old/index.html'))?.headers).toEqual(kept)
    })

    test('another status than 200 is kept with the object, and goes with the next put', async () => {
      await objects.put('left/index.html', bytes('gone'), {...page, status: 410})
      expect((await objects.head('left/index.html'))?.headers).toEqual({...page, status: 410})
      await objects.put('left/index.html', bytes('back'), page)
      expect((await objects.get('left/index.html'))?.headers).toEqual(page)
    })

    test('a Link header is kept, and gone with a put that has none', async () => {
      const headers = {...page, link: '<https://hub.example/>; rel="hub", <https://x.example/feed.xml>; rel="self"'}
      await objects.put('feed.xml', bytes('1'), headers)
      expect((await objects.get('feed.xml'))?.headers).toEqual(headers)
      await objects.put('feed.xml', bytes('1'), page)
      expect((await objects.head('feed.xml'))?.headers).toEqual(page)
    })

    test('an object can lie beside a folder of the same name, or is known to be refused there', async () => {
      await objects.put('same', bytes('one'), page)
      const beside = objects.put('same/index.html', bytes('two'), page)
      if (differences.refusesFileAndFolder === undefined) await beside
      else await expect(beside).rejects.toMatchObject({kind: 'invalid', code: 'objects.key-conflict'})
      expect((await objects.get('same'))?.body).toEqual(bytes('one'))
    })

    test('a list holds the keys with the prefix, with size and ETag, in the order of their bytes', async () => {
      const inOwnOrder = differences.listsInOtherOrder !== undefined
      const keys = ['l/a.html', 'l/a/b.html', 'l/a-b.html', 'l/aa.html', 'l/Z.html', 'l/é.html', 'm/a.html']
      for (const key of keys) await objects.put(key, bytes(key), page)
      const inOrder = keys.filter((key) => key.startsWith('l/')).sort((a, b) => Buffer.compare(bytes(a), bytes(b)))
      const found = await listed(objects, 'l/')
      expect(inOwnOrder ? found.sort((a, b) => inOrder.indexOf(a.key) - inOrder.indexOf(b.key)) : found).toEqual(
        inOrder.map((key) => ({key, size: bytes(key).byteLength, etag: hash('md5', key)})),
      )
      const narrower = (await listed(objects, 'l/a')).map(({key}) => key)
      expect(new Set(narrower)).toEqual(new Set(inOrder.filter((key) => key.startsWith('l/a'))))
      expect(await listed(objects, 'none/')).toEqual([])
    })

    test('more than a thousand objects are listed and deleted, absent ones among them', async () => {
      const keys = Array.from({length: 1_100}, (_, index) => `many/${String(index).padStart(4, '0')}.txt`)
      const waiting = [...keys]
      const work = async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await objects.put(key, bytes(key), page)
      }
      await Promise.all(Array.from({length: 8}, work))
      expect((await listed(objects, 'many/')).map(({key}) => key)).toEqual(keys)
      await objects.delete([...keys, 'many/absent.txt'])
      await objects.delete(keys)
      await objects.delete([])
      expect(await listed(objects, 'many/')).toEqual([])
    }, 60_000)

    test('readers meet the old bytes or the new while puts go on, never a mix', async () => {
      const bodies = ['a', 'b'].map((letter) => bytes(letter.repeat(200_000)))
      await objects.put('torn.txt', bodies[0] as Uint8Array, page)
      const whole = new Set(bodies.map((body) => hash('md5', body)))
      let isWriting = true
      const write = async () => {
        for (let round = 0; round < 20; round++) await objects.put('torn.txt', bodies[round % 2] as Uint8Array, page)
        isWriting = false
      }
      const read = async () => {
        while (isWriting) expect(whole).toContain(hash('md5', (await objects.get('torn.txt'))?.body ?? ''))
      }
      await Promise.all([write(), read(), read()])
    })

    test('puts of one key and of one folder at the same time all work', async () => {
      await Promise.all(Array.from({length: 20}, (_, index) => objects.put('race/same.txt', bytes(`${index}`), page)))
      await Promise.all(Array.from({length: 20}, (_, index) => objects.put(`race/deep/${index}/x`, bytes('x'), page)))
      expect(await listed(objects, 'race/')).toHaveLength(21)
    })

    test('puts into a folder that is being emptied are not lost', async () => {
      for (let round = 0; round < 20; round++) {
        await objects.put('prune/deep/gone.txt', bytes('x'), page)
        await Promise.all([
          objects.delete(['prune/deep/gone.txt']),
          objects.put('prune/deep/kept.txt', bytes('y'), page),
        ])
        expect((await objects.get('prune/deep/kept.txt'))?.body).toEqual(bytes('y'))
        await objects.delete(['prune/deep/kept.txt'])
      }
    })

    test('a call whose deadline has passed ends as transient and writes nothing', async () => {
      const options = {signal: AbortSignal.abort()}
      const late = {kind: 'transient', code: 'objects.deadline'}
      await expect(objects.put('late.txt', bytes('x'), page, options)).rejects.toMatchObject(late)
      await expect(objects.get('late.txt', options)).rejects.toMatchObject(late)
      await expect(objects.delete(['late.txt'], options)).rejects.toMatchObject(late)
      expect(await objects.head('late.txt')).toBeUndefined()
    })

    test('what may not become visible any more leaves the bytes and the headers that are there', async () => {
      const before = {...page, cacheControl: 'no-store'}
      await objects.put('fenced.bin', bytes('newer'), before)
      const over = new BroadsideError('uncertain', 'release.fenced', 'a newer release goes on')
      const late = objects.put('fenced.bin', new Uint8Array(partBytes + 1), page, {
        beforeVisible: () => Promise.reject(over),
      })
      await expect(late).rejects.toBe(over)
      expect(await objects.get('fenced.bin')).toMatchObject({body: bytes('newer'), headers: before})
      expect((await listed(objects, 'fenced')).map(({key}) => key)).toEqual(['fenced.bin'])
    })

    test('conditions on puts hold where the adapter says so, and are ignored elsewhere', async () => {
      const changed = {kind: 'transient', code: 'objects.precondition'}
      const {etag} = await objects.put('cas.txt', bytes('one'), page, {ifNoneMatch: '*'})
      if (!objects.capabilities.conditionalPut) {
        await objects.put('cas.txt', bytes('two'), page, {ifNoneMatch: '*'})
        expect((await objects.get('cas.txt'))?.body).toEqual(bytes('two'))
        return
      }
      await expect(objects.put('cas.txt', bytes('two'), page, {ifNoneMatch: '*'})).rejects.toMatchObject(changed)
      await objects.put('cas.txt', bytes('three'), page, {ifMatch: etag})
      await expect(objects.put('cas.txt', bytes('four'), page, {ifMatch: etag})).rejects.toMatchObject(changed)
      expect((await objects.get('cas.txt'))?.body).toEqual(bytes('three'))
    })
  })
}

const page = {contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=0, must-revalidate'}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** All that a list gives. */
export async function listed(objects: Objects, prefix: string): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for await (const object of objects.list(prefix)) found.push(object)
  return found
}
