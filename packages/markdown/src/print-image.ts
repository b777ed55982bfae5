import {escapeAttribute} from './escape-html.ts'
import type {FragmentImage} from './fragment.ts'

export type ImageTarget = {
  /** In pixels. */
  width: number
  height: number
  /** The same picture in other formats and widths, the best format first. */
  sources: {type: string; variants: {url: string; width: number}[]}[]
  /** The widest that a page shows it, in CSS pixels, and what screens that are narrower leave free beside it. */
  column: number
  margins: number
}

/**
 * An image of the site as HTML. Its size is always said where it is known, so that the text does not jump when it comes;
 * on the web its variants are offered. In feeds and mails it is a plain `img`, which all programs know.
 */
export function printImage(
  image: FragmentImage,
  target: {url: string; image?: ImageTarget} | undefined,
  isWeb: boolean,
): string {
  const src = target === undefined ? '' : ` src="${escapeAttribute(target.url)}"`
  const img = `<img${src}${image.attributes}${sizeOf(image, target?.image)}${isWeb ? image.web : ''}>`
  if (!isWeb || target?.image === undefined || image.chosen === true || target.image.sources.length === 0) return img
  const sizes = sizesOf(image, target.image)
  const sources = target.image.sources.map(({type, variants}) => {
    const srcset = variants.map(({url, width}) => `${url} ${width}w`).join(', ')
    return `<source type="${type}" srcset="${escapeAttribute(srcset)}" sizes="${sizes}">`
  })
  return `<picture>${sources.join('')}${img}</picture>`
}

/** What the author wrote, filled up in proportion; a share of the column has no height that could be said. */
function sizeOf({width, height}: FragmentImage, known: ImageTarget | undefined): string {
  if (known === undefined || (width !== undefined && height !== undefined) || (width ?? height ?? '').endsWith('%')) {
    return `${width === undefined ? '' : ` width="${width}"`}${height === undefined ? '' : ` height="${height}"`}`
  }
  const ratio = known.width / known.height
  if (width !== undefined) return ` width="${width}" height="${Math.max(1, Math.round(Number(width) / ratio))}"`
  if (height !== undefined) return ` width="${Math.max(1, Math.round(Number(height) * ratio))}" height="${height}"`
  return ` width="${known.width}" height="${known.height}"`
}

/** As wide as it is shown, and on screens that are narrower as wide as those. */
function sizesOf({width}: FragmentImage, known: ImageTarget): string {
  const pixels = /^\d+$/.test(width ?? '') ? Number(width) : known.width
  const shown = Math.min(pixels, known.column)
  return `(max-width: ${shown + known.margins}px) calc(100vw - ${known.margins}px), ${shown}px`
}
