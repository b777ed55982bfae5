import {readFile} from 'node:fs/promises'
import {Resvg} from '@resvg/resvg-js'
import satori, {type Font} from 'satori'
import {cardSize, type CardFacts} from '../cards/card-facts.ts'
import {drawCard} from './draw-card.ts'
import type {Made} from './image-job.ts'

/** A font from its npm package, under the SIL Open Font License; `bold` is what it has for 600. */
type Source = {package: string; subset: string; bold: number; url: string}

const serif = import.meta.resolve('@fontsource/source-serif-4')
const europe: Source[] = ['latin', 'latin-ext', 'greek', 'cyrillic', 'vietnamese'].map((subset) => ({
  package: 'source-serif-4',
  subset,
  bold: 600,
  url: serif,
}))
const others: (Source & {letters: RegExp})[] = [
  {
    package: 'frank-ruhl-libre',
    subset: 'hebrew',
    bold: 600,
    url: import.meta.resolve('@fontsource/frank-ruhl-libre'),
    letters: /[\u0590-\u05ff\u20aa]/,
  },
  {
    package: 'amiri',
    subset: 'arabic',
    bold: 700,
    url: import.meta.resolve('@fontsource/amiri'),
    letters: /[\u0600-\u06ff]/,
  },
]

const fonts = new Map<Source, Promise<Font[]>>()

/** Both weights of a font, read once for each process. */
function readFont(source: Source): Promise<Font[]> {
  const known = fonts.get(source)
  if (known !== undefined) return known
  const reading = ([400, 600] as const).map(async (weight) => {
    const file = `files/${source.package}-${source.subset}-${weight === 600 ? source.bold : weight}-normal.woff`
    return {name: nameOf(source), data: await readFile(new URL(file, source.url)), weight, style: 'normal' as const}
  })
  const read = Promise.all(reading)
  fonts.set(source, read)
  return read
}

const nameOf = ({subset}: Source) => `Serif ${subset}`

/**
 * The card as PNG: letters become outlines first, so that no font of the machine is asked, and the same facts give the
 * same bytes. What fails is told and not thrown.
 */
export async function makeCard(card: CardFacts): Promise<Made> {
  try {
    const text = [card.title, card.site, card.by, card.date].join(' ')
    // The first that has a letter gives it.
    const needed = [...europe, ...others.filter(({letters}) => letters.test(text))]
    const family = needed.map((source) => `'${nameOf(source)}'`).join(', ')
    const drawing = drawCard(card, family) as Parameters<typeof satori>[0]
    const svg = await satori(drawing, {...cardSize, fonts: (await Promise.all(needed.map(readFont))).flat()})
    return {ok: true, bytes: new Resvg(svg, {font: {loadSystemFonts: false}}).render().asPng()}
  } catch (error) {
    return {ok: false, reason: error instanceof Error ? error.message : String(error)}
  }
}
