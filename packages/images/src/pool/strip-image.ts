import type {ImageFormat} from '../image-facts.ts'
import {stripAvif} from '../strip/strip-avif.ts'
import {stripGif} from '../strip/strip-gif.ts'
import {stripJpeg} from '../strip/strip-jpeg.ts'
import {stripPng} from '../strip/strip-png.ts'
import type {Stripped} from '../strip/stripped.ts'
import {stripWebp} from '../strip/strip-webp.ts'

/** A raster image without metadata, its picture as it was encoded. */
export function stripImage(format: Exclude<ImageFormat, 'svg'>, bytes: Uint8Array): Stripped {
  switch (format) {
    case 'jpeg':
      return stripJpeg(bytes)
    case 'png':
      return stripPng(bytes)
    case 'webp':
      return stripWebp(bytes)
    case 'avif':
      return stripAvif(bytes)
    case 'gif':
      return stripGif(bytes)
  }
}
