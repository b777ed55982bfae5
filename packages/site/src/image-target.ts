import {variantFormats} from '@broadside/images'
import type {ImageTarget, Variant} from '@broadside/markdown'
import type {Urls} from './addresses.ts'
import {variantAddress, variantsIn} from './image-variants.ts'
import type {AssetFile} from './site-view.ts'

/** The column of the default theme in CSS pixels: `--measure` at the root's font size. */
const column = 684
/** Its padding on both sides. */
const margins = 54

/** Mails are this wide, and there are programs that take the width of an image by its word. */
const mailColumn = 600

/** What a page says of an image that it shows; undefined for other files, and for drawings that do not tell their shape. */
export function imageTarget(file: AssetFile | undefined, urls: Urls, variant: Variant): ImageTarget | undefined {
  const {image} = file ?? {}
  if (file === undefined || image === undefined || image.width === 0) return undefined
  if (variant !== 'web')
    return {...narrowTo(shownSize(image), variant === 'mail' ? mailColumn : Infinity), sources: [], column, margins}
  const variants = variantsIn(file)
  const sources = variantFormats.flatMap((format) => {
    const some = variants.filter((variant) => variant.format === format)
    if (some.length === 0) return []
    const offered = some.map((variant) => ({url: urls.path(variantAddress(file, variant)), width: variant.width}))
    return [{type: `image/${format}`, variants: offered}]
  })
  return {...shownSize(image), sources, column, margins}
}

/** A drawing that has a shape and no size of its own fills the column, as it would if nothing were said. */
function shownSize({width, height, fixed}: NonNullable<AssetFile['image']>): {width: number; height: number} {
  if (fixed || width >= column) return {width: Math.round(width), height: Math.max(1, Math.round(height))}
  return {width: column, height: Math.max(1, Math.round((column * height) / width))}
}

function narrowTo({width, height}: {width: number; height: number}, most: number): {width: number; height: number} {
  return width <= most ? {width, height} : {width: most, height: Math.max(1, Math.round((most * height) / width))}
}
