import type {ImageFormat} from '../image-facts.ts'
import type {ImageRecipe, Variant} from '../recipes.ts'
import {sanitizeSvg} from '../svg/sanitize-svg.ts'
import {decodeXml, firstLine} from './inspect-image.ts'
import type {Made} from './image-job.ts'
import {openImage} from './load-sharp.ts'
import {stripImage} from './strip-image.ts'

/**
 * Makes a file of an image by a recipe; the same image and recipe give the same bytes. What a picture lacks is told and
 * not thrown.
 */
export async function makeImage(format: ImageFormat, recipe: ImageRecipe, bytes: Uint8Array): Promise<Made> {
  try {
    if (recipe.make === 'variant') return {ok: true, bytes: await encodeVariant(format, recipe, bytes)}
    if (format === 'svg') return {ok: true, bytes: Buffer.from(sanitizeSvg(decodeXml(bytes)).svg)}
    return {ok: true, bytes: await cleanPixels(format, bytes)}
  } catch (error) {
    return {ok: false, reason: firstLine(error)}
  }
}

/** Only a picture that lies on its side is encoded anew: upright ones lose nothing but their metadata. */
async function cleanPixels(format: Exclude<ImageFormat, 'svg'>, bytes: Uint8Array): Promise<Uint8Array> {
  const stripped = stripImage(format, bytes)
  // What turns an AVIF stands in the picture itself, and Exif has no say (ISO/IEC 23000-22).
  if (format === 'avif' || format === 'gif' || !stripped.whole) return stripped.bytes
  const {orientation = 1, pages = 1} = await openImage(bytes).metadata()
  if (orientation === 1 || pages > 1) return stripped.bytes
  const upright = openImage(bytes).autoOrient().keepIccProfile()
  try {
    if (format === 'jpeg') return await upright.jpeg({quality: 92, progressive: true}).toBuffer()
    if (format === 'webp') return await upright.webp({quality: 90}).toBuffer()
    return await upright.png().toBuffer()
  } catch {
    // It says that it is whole and cannot be decoded: on its side and without metadata is all that is left of it.
    return stripped.bytes
  }
}

/** Measured in docs/decisions; a PNG holds letters and lines more often than photos, whose colours need their edges. */
async function encodeVariant(source: ImageFormat, {width, format}: Variant, bytes: Uint8Array): Promise<Uint8Array> {
  const small = openImage(bytes).autoOrient().resize({width, withoutEnlargement: true})
  const sharpEdges = source === 'png' || source === 'gif'
  if (format === 'avif') {
    const chromaSubsampling = sharpEdges ? '4:4:4' : '4:2:0'
    return small.avif({quality: sharpEdges ? 60 : 50, effort: 3, chromaSubsampling}).toBuffer()
  }
  return small.webp({quality: sharpEdges ? 85 : 75, effort: 4, smartSubsample: sharpEdges}).toBuffer()
}
