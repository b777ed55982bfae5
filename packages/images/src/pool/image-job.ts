import type {CardFacts} from '../cards/card-facts.ts'
import type {ImageFacts} from '../image-facts.ts'
import type {ImageRecipe} from '../recipes.ts'

/** What a child is asked: what an image is, to make something of it, or to draw a card. */
export type ImageJob =
  | {do: 'inspect'; ending: string; bytes: Uint8Array}
  | {do: 'card'; card: CardFacts}
  | {do: 'make'; format: ImageFacts['format']; recipe: ImageRecipe; bytes: Uint8Array}

/** What an image turned out to be. What cannot be read is harmless as it is, save where `dangerous`. */
export type Inspection =
  | {ok: true; facts: ImageFacts; /** Parts of a drawing that are not published. */ removed: string[]}
  | {ok: false; reason: string; dangerous: boolean}

export type Made = {ok: true; bytes: Uint8Array} | {ok: false; reason: string}

/** What became of a job whose process had to be ended, or which ended it. */
export type Lost = {ok: false; reason: string; lost: true}
