import {crc32} from 'node:zlib'
import sharp from 'sharp'
import {expect, test} from 'vitest'
import {diagnosticsOf} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {sha256} from '@broadside/revision'
import {until} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import {cameraNote, photo} from './photo.ts'
import {freshSite, publishedSite} from './published-site.ts'

test('a photo becomes a page with variants, without what the camera wrote, and is made once', async () => {
  const sea = await photo(900, 1200)
  expect(sea.includes(cameraNote)).toBe(true)
  const world = await openWorld({
    files: {...withoutMail, 'posts/walk/index.md': post('Walk', {body: '![Sea](sea.jpg)'}), 'posts/walk/sea.jpg': sea},
  })
  await world.settled()
  const page = await world.get('/posts/walk/')
  expect(page.body).toContain('alt="Sea" width="1200" height="900" fetchpriority="high"')
  const offered = [...page.body.matchAll(/(\/media\/\S+) (\d+)w/g)].map(
    ([, url, width]) => [url!, Number(width)] as const,
  )
  expect(offered.map(([url]) => url.replace(/.*\/v1\//, ''))).toEqual(
    ['avif', 'webp'].flatMap((format) => [480, 720, 1200].map((width) => `${width}.${format}`)),
  )
  for (const [url, width] of offered) {
    const answer = await fetch(new URL(url, world.run.siteUrl))
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, `image/${url.split('.').pop()}`])
    const found = await sharp(bytes).metadata()
    expect([found.width, found.height, found.exif]).toEqual([width, Math.round((width * 900) / 1200), undefined])
  }
  const [original] = /\/media\/[0-9a-f]{12}\/sea\.jpg/.exec(page.body)!
  const bytes = Buffer.from(await (await fetch(new URL(original, world.run.siteUrl))).arrayBuffer())
  const found = await sharp(bytes).metadata()
  expect([found.width, found.height, found.orientation, found.exif]).toEqual([1200, 900, undefined, undefined])
  expect(bytes.includes(cameraNote)).toBe(false)

  const kept = () => world.objects.puts.filter(({key}) => key.startsWith('private/')).length
  const before = kept()
  const {commit} = await world.push({
    'posts/news.md': post('News'),
    'posts/again/index.md': post('Again', {body: '![x](y.jpg)'}),
    'posts/again/y.jpg': sea,
  })
  await world.live(commit)
  expect(kept()).toBe(before)
  expect((await world.get('/posts/again/')).body).toContain('/v1/1200.avif 1200w')
  expect(await publishedSite(world)).toEqual(await freshSite(world))

  const objects = await openObjects(world.run.objectsUrl)
  const [lost] = offered[0]!
  const key = `sites/test${lost}`
  const {body} = (await objects.get(key))!
  await objects.delete([key, `private/test/${sha256(body)}`])
  await world.request('publisher', 'verify', {site: 'test', repair: true})
  const again = await until('what was lost is made again', () => objects.get(key))
  expect(sha256(again.body)).toBe(sha256(body))
  await objects.close()
})

test('images that are broken, cut off or a danger stop nothing', async () => {
  const whole = await photo(1000, 800)
  const world = await openWorld({
    files: {
      ...withoutMail,
      'posts/a/index.md': post('A', {
        body: '![one](text.png)\n\n![two](cut.jpg)\n\n![three](entities.svg)\n\n![four](act.svg)\n\n![five](bad.png)',
      }),
      'posts/a/text.png': 'This is no image.',
      'posts/a/bad.png': pngOfNoise(600, 400),
      'posts/a/cut.jpg': whole.subarray(0, whole.length / 2),
      'posts/a/entities.svg': '<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
      'posts/a/act.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20" onload="alert(1)"><script>alert(2)</script><path d="M0 0h9"/></svg>',
    },
  })
  await world.settled()
  const {body} = await world.get('/posts/a/')
  expect(body).toContain('text.png" alt="one"')
  expect(body).toContain('bad.png" alt="five" width="600" height="400"')
  expect(body).toContain('cut.jpg" alt="two" width="800" height="1000"')
  expect(body).toContain('<img alt="three"')
  expect(body).toContain('act.svg" alt="four" width="684" height="456"')
  expect(body).not.toContain('srcset')
  const [drawing] = /\/media\/\w+\/act\.svg/.exec(body)!
  const answer = await world.get(drawing)
  expect(answer.body).toBe('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><path d="M0 0h9"/></svg>\n')
  const told = await diagnosticsOf(world.ledger.db, 'test', 1, 10)
  const places = told.map(({file, line, code, message}) =>
    [file, line, code, /image \S+\.\w+/.exec(message)?.[0]].join(' '),
  )
  expect(places.toSorted()).toEqual([
    'posts/a/act.svg  image.cleaned ',
    'posts/a/entities.svg  image.unsafe ',
    'posts/a/index.md 13 image.broken image bad.png',
    'posts/a/index.md 5 image.broken image text.png',
    'posts/a/index.md 7 image.broken image cut.jpg',
    'posts/a/index.md 9 link.broken ',
  ])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

/** A PNG whose frame is whole and whose picture is noise: only who decodes it knows. */
function pngOfNoise(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const noise = Buffer.from(Array.from({length: 20_000}, (_, n) => (n * n * 31) % 251))
  const chunks = [
    ['IHDR', header],
    ['IDAT', noise],
    ['IEND', Buffer.alloc(0)],
  ] as const
  const framed = chunks.map(([type, data]) => {
    const named = Buffer.concat([Buffer.from(type), data])
    const chunk = Buffer.alloc(named.length + 8)
    chunk.writeUInt32BE(data.length, 0)
    chunk.set(named, 4)
    chunk.writeUInt32BE(crc32(named), named.length + 4)
    return chunk
  })
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...framed])
}
