import {readFile} from 'node:fs/promises'
import {Resvg} from '@resvg/resvg-js'
import satori, {type Font} from 'satori'
import {cardSize, type CardFacts} from '../cards/card-facts.ts'
import {drawCard} from './draw-card.ts'
import type {Made} from './image-job.ts'

/** The letters of `printable`, as Fontsource parts them; the first that has a letter gives it. */
const subsets = ['latin', 'latin-ext', 'greek', 'cyrillic', 'vietnamese']
const weights = [400, 600] as const

const fontPackage = import.meta.resolve('@fontsource/source-serif-4')

let fonts: Promise<Font[]> | undefined

/** Source Serif 4, under the SIL Open Font License, from its npm package; read once for each process. */
function readFonts(): Promise<Font[]> {
  const files = subsets.flatMap((subset) => weights.map((weight) => ({subset, weight})))
  fonts ??= Promise.all(
    files.map(async ({subset, weight}) => {
      const data = await readFile(new URL(`files/source-serif-4-${subset}-${weight}-normal.woff`, fontPackage))
      return {name: `Serif ${subset}`, data, weight, style: 'normal' as const}
    }),
  )
  return fonts
}

/**
 * The card as PNG: letters become outlines first, so that no font of the machine is asked, and the same facts give the
 * same bytes. What fails is told and not thrown.
 */
export async function makeCard(card: CardFacts): Promise<Made> {
  try {
    const family = subsets.map((subset) => `'Serif ${subset}'`).join(', ')
    const drawing = drawCard(card, family) as Parameters<typeof satori>[0]
    const svg = await satori(drawing, {...cardSize, fonts: await readFonts()})
    return {ok: true, bytes: new Resvg(svg, {font: {loadSystemFonts: false}}).render().asPng()}
  } catch (error) {
    return {ok: false, reason: error instanceof Error ? error.message : String(error)}
  }
}
