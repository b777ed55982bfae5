import type {ImageFacts, ImageFormat} from '../image-facts.ts'
import {isMovingPng} from '../strip/strip-png.ts'
import {sanitizeSvg} from '../svg/sanitize-svg.ts'
import {svgSize} from '../svg/svg-size.ts'
import type {Inspection} from './image-job.ts'
import {maxPixels, readHeader} from './load-sharp.ts'
import {stripImage} from './strip-image.ts'

/** What an image is, from its header and the frame of its file: no pixel is decoded. `ending` is that of its name. */
export async function inspectImage(ending: string, bytes: Uint8Array): Promise<Inspection> {
  return ending === 'svg' ? inspectDrawing(bytes) : inspectPixels(bytes)
}

function inspectDrawing(bytes: Uint8Array): Inspection {
  try {
    const {root, removed} = sanitizeSvg(decodeXml(bytes))
    return {ok: true, facts: {format: 'svg', ...svgSize(root), animated: false, sound: true}, removed}
  } catch (error) {
    return {ok: false, dangerous: true, reason: firstLine(error)}
  }
}

/** UTF-8, or UTF-16 where it begins with its mark. */
export function decodeXml(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(encoding, {fatal: true}).decode(bytes)
}

const formats: Record<string, Exclude<ImageFormat, 'svg'>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  heif: 'avif',
}

async function inspectPixels(bytes: Uint8Array): Promise<Inspection> {
  try {
    const found = await readHeader(bytes)
    const format = formats[found.format]
    if (format === undefined || (format === 'avif' && found.compression !== 'av1')) {
      return {ok: false, dangerous: false, reason: `browsers do not show ${found.format}`}
    }
    const shown = format === 'avif' ? found : found.autoOrient
    const [width, height] = [shown.width, found.pageHeight ?? shown.height]
    const animated = (found.pages ?? 1) > 1 || (format === 'png' && isMovingPng(bytes))
    const sound = width * height <= maxPixels && stripImage(format, bytes).whole
    const facts: ImageFacts = {format, width, height, fixed: true, animated, sound}
    return {ok: true, facts, removed: []}
  } catch (error) {
    return {ok: false, dangerous: false, reason: firstLine(error)}
  }
}

/** Of what a library says; the rest tells where in its own code it was. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 200)
}
