import sharp from 'sharp'
import {expect, test} from 'vitest'
import {stripGif} from './strip-gif.ts'

const secret = 'SECRET-OF-THE-CAMERA'

/** An extension as GIF has it: a kind, then pieces of data, the last of them empty. */
function extension(kind: number, ...pieces: string[]): Buffer {
  const data = pieces.flatMap((piece) => [Buffer.of(piece.length), Buffer.from(piece)])
  return Buffer.concat([Buffer.of(0x21, kind), ...data, Buffer.of(0)])
}

async function moving(): Promise<Buffer> {
  const frame = (background: string) => ({create: {width: 8, height: 8, channels: 3 as const, background}})
  const frames = await Promise.all(['#000', '#fff', '#369'].map((colour) => sharp(frame(colour)).png().toBuffer()))
  return sharp(frames, {join: {animated: true}})
    .gif({loop: 3, delay: [100, 200, 300]})
    .toBuffer()
}

const facts = async (bytes: Uint8Array) => {
  const {width, height, pages, loop, delay} = await sharp(bytes, {animated: true}).metadata()
  return {width, height, pages, loop, delay, pixels: await sharp(bytes, {animated: true}).raw().toBuffer()}
}

test('a GIF keeps every picture, its time and its repeats, and nothing that a program wrote into it', async () => {
  const source = await moving()
  // After the header and the table of colours, where programs put it.
  const at = 13 + (source[10]! & 0x80 ? 3 * 2 ** ((source[10]! & 7) + 1) : 0)
  const told = [extension(0xfe, secret), extension(0xff, 'XMP DataXMP', `<x:xmpmeta>${secret}</x:xmpmeta>`)]
  const marked = Buffer.concat([source.subarray(0, at), ...told, source.subarray(at), Buffer.from(secret)])
  expect(await facts(marked)).toEqual(await facts(source))
  expect(stripGif(marked)).toEqual({bytes: source, whole: true})
})

test('a GIF that is cut off says so, and shows as much as before', async () => {
  const source = await moving()
  const cut = source.subarray(0, source.length - 12)
  const {bytes, whole} = stripGif(cut)
  expect(whole).toBe(false)
  expect(Buffer.from(bytes).equals(cut)).toBe(true)
})
