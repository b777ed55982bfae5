import {createHash} from 'node:crypto'

/** Raised with whatever makes other bytes of the same facts: the drawing, its fonts, what renders it. */
export const cardVersion = 1

/** What previews elsewhere ask for. */
export const cardSize = {width: 1200, height: 630}

/** Everything that a card shows; colours are `#rgb` or `#rrggbb`. */
export type CardFacts = {
  title: string
  site: string
  /** Names of authors, empty where there are none. */
  by: string
  date: string
  paper: string
  ink: string
  muted: string
  line: string
  accent: string
}

/** An order for a card; `source` names all that goes into it. */
export type CardOrder = {source: string; recipe: {make: 'card'}; card: CardFacts}

/** A card of these facts. Equal facts give equal orders, whatever posts they are of. */
export function cardOrder(card: CardFacts): CardOrder {
  const facts = [card.title, card.site, card.by, card.date, card.paper, card.ink, card.muted, card.line, card.accent]
  const source = createHash('sha256')
    .update(JSON.stringify([cardVersion, ...facts]))
    .digest('hex')
  return {source, recipe: {make: 'card'}, card}
}

/** Letters that the fonts of a card have: Latin, Greek, Cyrillic, Hebrew, Arabic, digits, and the signs of running text. */
const printable =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u012b\u012e-\u0131\u0134-\u0165\u0168-\u017f\u0192\u0218-\u021b\u02c6\u02da\u02dc\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490\u0491\u05be\u05d0-\u05ea\u05f3\u05f4\u060c\u061b\u061f\u0621-\u063a\u0641-\u064a\u0660-\u0669\u067e\u0686\u0698\u06a9\u06af\u06cc\u06f0-\u06f9\u1ea0-\u1ef9\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020\u2022\u2026\u2039\u203a\u20aa\u20ac\u2122\u2212]*$/u
/** Vowels, which running text in Hebrew and Arabic goes without, and which are drawn too high. */
const vowels = /[\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652\u0640]/g
const rightToLeft = /[\u0590-\u06ff]/
/** What the drawing turns round where it stands among letters from right to left: 24/7 would be 7/24. */
const turned = /\p{N}[^\p{L}\p{N},.]+\p{N}/u
const pictures = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f/gu

/** Whether a text begins on the right: its first letter is one of a script that does. */
export function beginsRight(text: string): boolean {
  return rightToLeft.test(/\p{L}/u.exec(text)?.[0] ?? '')
}

/**
 * A text as a card shows it: one line, without emoji, cut at a word after `most` letters. Undefined where the fonts lack
 * a letter of it, as they do for the scripts of East Asia, and where it would come out wrong.
 */
export function cardText(text: string, most: number): string | undefined {
  const line = text
    .normalize('NFC')
    .replaceAll(pictures, (sign) => (/[©®™]/.test(sign) ? sign : ''))
    .replaceAll(vowels, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (!printable.test(line) || (rightToLeft.test(line) && turned.test(line))) return undefined
  if (line.length <= most) return line
  const cut = line.slice(0, most)
  const end = cut.lastIndexOf(' ')
  return `${cut.slice(0, end > most / 2 ? end : most).trimEnd()}…`
}
