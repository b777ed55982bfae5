import {cardVersion, type CardOrder} from './cards/card-facts.ts'
import type {ImageFacts, ImageFormat} from './image-facts.ts'

/** Raised whenever a recipe gives other bytes: variants then have other addresses, and are all made anew. */
export const encoderVersion = 1

/** In the order in which a browser is offered them. */
export const variantFormats = ['avif', 'webp'] as const
export type VariantFormat = (typeof variantFormats)[number]

export type Variant = {width: number; format: VariantFormat}

/** What is made of an image: the file that readers get in the place of the author's, or a smaller one. */
export type ImageRecipe = {make: 'clean'} | ({make: 'variant'} & Variant)

/** One file to be made of the stored binary `source` (SHA-256). */
export type ImageOrder = {
  source: string
  format: ImageFormat
  recipe: ImageRecipe
  /** What is made with it: of the variants of an image there are all or none. */
  together: ImageRecipe[]
}

/** Names what a recipe makes of one source; holds the version, so that an older make is never taken for it. */
export function recipeName(recipe: ImageRecipe | CardOrder['recipe']): string {
  if (recipe.make === 'card') return `card-${cardVersion}.png`
  return recipe.make === 'clean' ? `clean-${encoderVersion}` : `${recipe.width}-${encoderVersion}.${recipe.format}`
}

/**
 * A column of the default theme is 684 px wide: 480 and 720 are for telephones and plain screens, 1080 and 1440 for
 * those with two and three pixels in the place of one.
 */
const widths = [480, 720, 1080, 1440]
/** A width this near to the source's would be the same picture twice. */
const least = 1.15
/** Smaller files gain nothing. */
const minBytes = 8_000

/**
 * The variants of an image of `bytes` bytes, never wider than it is; none for what moves, for drawings, and for what
 * is broken or small.
 */
export function variantsOf({format, width, animated, sound}: ImageFacts, bytes: number): Variant[] {
  if (format === 'svg' || animated || !sound || bytes < minBytes) return []
  const largest = Math.min(width, widths.at(-1)!)
  const chosen = [...widths.filter((one) => one * least <= largest), largest]
  return variantFormats.flatMap((one) => chosen.map((size) => ({width: size, format: one})))
}
