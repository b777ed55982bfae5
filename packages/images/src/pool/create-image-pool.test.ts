import {crc32, deflateSync} from 'node:zlib'
import sharp from 'sharp'
import {afterAll, describe, expect, test} from 'vitest'
import type {ImageFormat} from '../index.ts'
import {createImagePool} from './index.ts'

const pool = createImagePool({size: 2})
afterAll(() => pool.close())

const secret = 'SECRET-OF-THE-CAMERA'

/** An upright picture with all that cameras write. */
function picture(width = 300, height = 200) {
  const noise = {type: 'gaussian' as const, mean: 128, sigma: 40}
  return sharp({create: {width, height, channels: 3, background: '#369', noise}}).withExif({
    IFD0: {Copyright: secret},
    IFD3: {GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1'},
  })
}

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- ${secret} --></x:xmpmeta>`
const encoded: Record<string, () => Promise<Buffer>> = {
  jpeg: () => picture().withXmp(xmp).withIccProfile('p3').jpeg().toBuffer(),
  png: () => picture().withXmp(xmp).withIccProfile('p3').png().toBuffer(),
  webp: () => picture().withXmp(xmp).withIccProfile('p3').webp().toBuffer(),
  avif: () => picture().withIccProfile('p3').avif({effort: 0}).toBuffer(),
}

const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer()

async function clean(format: ImageFormat, bytes: Uint8Array): Promise<Buffer> {
  const made = await pool.make(format, {make: 'clean'}, bytes)
  if (!made.ok) throw new Error(made.reason)
  return Buffer.from(made.bytes)
}

describe('what readers get', () => {
  test.for(Object.keys(encoded))(
    'of a %s has every pixel and its colour profile, and nothing of the camera',
    async (format) => {
      const source = await encoded[format]!()
      expect(source.includes(secret)).toBe(true)
      const cleaned = await clean(format as ImageFormat, source)
      expect(cleaned.includes(secret)).toBe(false)
      const {exif, xmp: left, icc} = await sharp(cleaned).metadata()
      expect(exif === undefined || exif.every((byte) => byte === 0)).toBe(true)
      expect(left === undefined || left.every((byte) => byte === 0)).toBe(true)
      expect(icc?.length).toBeGreaterThan(100)
      expect((await pixels(cleaned)).equals(await pixels(source))).toBe(true)
      expect(await clean(format as ImageFormat, source)).toEqual(cleaned)
    },
  )

  test.for(['jpeg', 'png', 'webp'] as const)('of a %s on its side stands upright', async (format) => {
    const source = await picture(300, 200).withMetadata({orientation: 6})[format]().toBuffer()
    expect(await pool.inspect(format, source)).toMatchObject({ok: true, facts: {width: 200, height: 300}})
    const {width, height, orientation, exif} = await sharp(await clean(format, source)).metadata()
    expect({width, height, orientation, exif}).toEqual({width: 200, height: 300})
  })

  test.for(['jpeg', 'png', 'webp'] as const)(
    'of a %s that is something else as well is the picture alone',
    async (format) => {
      const source = await picture()[format]().toBuffer()
      const both = Buffer.concat([source, Buffer.from('<script>alert(1)</script>PK\x03\x04')])
      expect(await clean(format, both)).toEqual(await clean(format, source))
    },
  )

  test('of a drawing is rebuilt from what is allowed', async () => {
    const source = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path/></svg>')
    expect((await clean('svg', source)).toString()).toBe('<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>\n')
  })
})

describe('a variant', () => {
  test.for(['avif', 'webp'] as const)(
    'in %s has its width, no metadata, and the same bytes each time',
    async (format) => {
      const source = await picture(600, 400).withMetadata({orientation: 6}).jpeg().toBuffer()
      const make = async () => pool.make('jpeg', {make: 'variant', width: 200, format}, source)
      const made = await make()
      if (!made.ok) throw new Error(made.reason)
      const found = await sharp(made.bytes).metadata()
      expect([found.width, found.height, found.exif, found.format]).toEqual([
        200,
        300,
        undefined,
        format === 'avif' ? 'heif' : 'webp',
      ])
      expect(await make()).toEqual(made)
    },
  )

  test('of a picture that is cut off is none', async () => {
    const source = await picture(600, 400).jpeg().toBuffer()
    const half = source.subarray(0, source.length / 2)
    expect(await pool.make('jpeg', {make: 'variant', width: 200, format: 'webp'}, half)).toMatchObject({ok: false})
  })
})

describe('facts', () => {
  test('are read from the bytes, whatever the name', async () => {
    expect(await pool.inspect('jpg', await encoded['webp']!())).toEqual({
      ok: true,
      facts: {format: 'webp', width: 300, height: 200, fixed: true, animated: false, sound: true},
      removed: [],
    })
  })

  test('tell what moves', async () => {
    const frame = (background: string) => ({create: {width: 10, height: 10, channels: 3 as const, background}})
    const frames = await Promise.all(['#000', '#fff'].map((colour) => sharp(frame(colour)).png().toBuffer()))
    for (const format of ['gif', 'webp'] as const) {
      const joined = sharp(frames, {join: {animated: true}})
      const moving = await joined[format]().toBuffer()
      expect(await pool.inspect(format, moving)).toMatchObject({
        ok: true,
        facts: {format, width: 10, height: 10, animated: true},
      })
    }
  })

  test.for(Object.keys(encoded))('tell that a %s is cut off', async (format) => {
    const source = await encoded[format]!()
    const found = await pool.inspect(format, source.subarray(0, source.length - 40))
    expect(found.ok && found.facts.sound).toBe(false)
  })

  test('of a bomb are known without setting it off', async () => {
    const found = await pool.inspect('png', pngOf(60_000, 60_000))
    expect(found).toMatchObject({ok: true, facts: {width: 60_000, height: 60_000, sound: false}})
    const made = await pool.make('png', {make: 'variant', width: 480, format: 'webp'}, pngOf(60_000, 60_000))
    expect(made).toMatchObject({ok: false})
  })

  test.for([
    ['text', 'jpg', Buffer.from('This is no image.')],
    ['nothing', 'png', Buffer.alloc(0)],
    ['a drawing under the name of a picture', 'png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['the beginning of a TIFF', 'jpg', Buffer.from('II*\0\x08\0\0\0')],
    ['a mark of a JPEG and noise', 'jpg', Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex')],
  ] as const)('of %s there are none, and it does no harm', async ([, ending, bytes]) => {
    expect(await pool.inspect(ending, bytes)).toMatchObject({ok: false, dangerous: false})
  })

  test('of a drawing that cannot be read there are none, and it may do harm', async () => {
    expect(await pool.inspect('svg', Buffer.from('<svg><g></svg>'))).toMatchObject({ok: false, dangerous: true})
  })
})

describe('a process', () => {
  test('that takes too long is ended, and the next picture is made by another', async () => {
    const slow = createImagePool({size: 1, budgetMs: 1})
    const large = await picture(1500, 1000).jpeg().toBuffer()
    const made = await slow.make('jpeg', {make: 'variant', width: 1440, format: 'avif'}, large)
    expect(made).toMatchObject({ok: false, reason: 'it took longer than 0.001 s'})
    await slow.close()
    await expect(slow.inspect('jpg', large)).rejects.toMatchObject({code: 'images.pool-closed'})
  })

  test('that takes too much memory is ended', async () => {
    const small = createImagePool({size: 1, memoryMb: 5})
    const large = await picture(1500, 1000).jpeg().toBuffer()
    const made = await small.make('jpeg', {make: 'variant', width: 1440, format: 'avif'}, large)
    expect(made).toMatchObject({ok: false, reason: 'it needs more than 5 MB of memory'})
    await small.close()
  })

  test('that is killed by another hand costs its picture alone', async () => {
    const own = createImagePool({size: 1})
    const large = await picture(1500, 1000).jpeg().toBuffer()
    await own.inspect('jpg', large)
    const [pid] = own.pids()
    const making = own.make('jpeg', {make: 'variant', width: 1440, format: 'avif'}, large)
    process.kill(pid!, 'SIGKILL')
    expect(await making).toMatchObject({ok: false})
    expect(await own.inspect('jpg', large)).toMatchObject({ok: true})
    await own.close()
    expect(own.pids()).toEqual([])
  })
})

/** A PNG that unfolds to as many zeros as its size says, from a thousandth of that. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(10_000_000))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(named, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}
