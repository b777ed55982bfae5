export {cardOrder, cardSize, cardText, cardVersion, type CardFacts, type CardOrder} from './cards/card-facts.ts'
export {imageEnding, type ImageFacts, type ImageFormat} from './image-facts.ts'
export {
  encoderVersion,
  recipeName,
  variantFormats,
  variantsOf,
  type ImageOrder,
  type ImageRecipe,
  type Variant,
  type VariantFormat,
} from './recipes.ts'
