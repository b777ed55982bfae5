import sharp from 'sharp'
import {afterAll, expect, test} from 'vitest'
import type {CardFacts} from '../cards/card-facts.ts'
import {createImagePool} from './index.ts'

const pool = createImagePool({size: 1})
afterAll(() => pool.close())

const facts: CardFacts = {
  title: 'When NATS, when Kafka, and when a table',
  site: 'Notes from the field',
  by: 'Platform desk',
  date: 'November 2, 2026',
  paper: '#fbfcfa',
  ink: '#151a17',
  muted: '#58615b',
  line: '#d5dbd6',
  accent: '#0b6b4b',
}

async function draw(about: Partial<CardFacts> = {}): Promise<Buffer> {
  const made = await pool.card({...facts, ...about})
  if (!made.ok) throw new Error(made.reason)
  return Buffer.from(made.bytes)
}

/** The colours that stand in a part of a card. */
async function coloursIn(
  card: Buffer,
  [left, top, width, height]: [number, number, number, number],
): Promise<string[]> {
  const pixels = await sharp(card).extract({left, top, width, height}).removeAlpha().raw().toBuffer()
  const found = new Set<string>()
  for (let at = 0; at < pixels.length; at += 3) found.add(pixels.subarray(at, at + 3).toString('hex'))
  return [...found]
}

test('a card has the size that previews ask for, the colours it is given, and its margins free', async () => {
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft '
  const card = await draw({title: long.repeat(2).slice(0, 160), by: 'x'.repeat(20), accent: '#b00020'})
  expect(await sharp(card).metadata()).toMatchObject({format: 'png', width: 1200, height: 630})
  expect(await coloursIn(card, [0, 0, 1200, 16])).toEqual(['b00020'])
  expect(await coloursIn(card, [0, 16, 80, 614])).toEqual(['fbfcfa'])
  expect(await coloursIn(card, [1130, 16, 70, 614])).toEqual(['fbfcfa'])
  expect(await coloursIn(card, [84, 600, 1000, 30])).toEqual(['fbfcfa'])
  expect(await coloursIn(card, [84, 100, 1000, 400])).toContain('151a17')
})

test.for([
  ['Hebrew', 'למה בחרנו ב־SQLite', 'רשימות'],
  ['Arabic', 'كيف تدار قاعدة PostgreSQL', 'ملاحظات'],
] as const)('a title in %s begins on the right', async ([, title, site]) => {
  const card = await draw({title, site, by: '', date: ''})
  // The name of the site is as far right as the margin lets it, and nothing stands where it would be from the left.
  expect(await coloursIn(card, [1050, 60, 66, 70])).toContain('0b6b4b')
  expect(await coloursIn(card, [84, 60, 300, 70])).toEqual(['fbfcfa'])
  expect(await coloursIn(card, [1000, 150, 116, 300])).toContain('151a17')
})

test('the same facts give the same bytes, from another process too, and others give others', async () => {
  const first = await draw()
  expect(await draw()).toEqual(first)
  const other = createImagePool({size: 1})
  const again = await other.card(facts)
  await other.close()
  expect(again.ok && Buffer.from(again.bytes)).toEqual(first)
  expect(await draw({title: 'Something else'})).not.toEqual(first)
})
