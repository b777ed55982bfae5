import {createHash} from 'node:crypto'

/**
 * How often each long test tries: `small` in `npm test`, `full` in `npm run test:full`. The name says the package
 * and what is tried. Properties without a name here run `any property` times; tools/fix-seeds.ts sees to it.
 */
const sizes = {
  'any property': {small: 70, full: 500},
  'content: any bytes': {small: 800, full: 30_000},
  'markdown: documents in both parsers': {small: 100, full: 10_000},
  'markdown: one document after another': {small: 100, full: 2_000},
  'markdown: attacks in a browser': {small: 30, full: 10_000},
  'ledger: views against arrays': {small: 8, full: 100},
  'newsletter: kills in one edition': {small: 2, full: 50},
  'revision: histories of twenty steps': {small: 2, full: 200},
  'revision: one push against many': {small: 6, full: 100},
  'revision: pushes against a fresh publish': {small: 4, full: 100},
  'site: affected outputs against a fresh publish': {small: 20, full: 1_000},
  'site: kinds of page in a second look': {small: 4, full: 100},
  'site: names on every page': {small: 8, full: 100},
  'site: search index against a fresh one': {small: 10, full: 300},
  'standalone: pushes of a random history': {small: 4, full: 120},
  'standalone: releases under a crawler': {small: 2, full: 50},
  // There are fewer moments to kill at than a full run asks for: it takes them all.
  'standalone: kills': {small: 3, full: 10_000},
} as const

export type TestSizeName = keyof typeof sizes

/** Whether the counts of a full run are asked for: `BROADSIDE_TEST_SIZE=full`. */
export const isFullRun = process.env['BROADSIDE_TEST_SIZE'] === 'full'

/** How many times the test of this name tries. */
export function testSize(name: TestSizeName): number {
  return sizes[name][isFullRun ? 'full' : 'small']
}

/** As many of `all` as the test of this name asks for, evenly apart. */
export function sampleFor<Item>(name: TestSizeName, all: readonly Item[]): Item[] {
  const step = Math.max(1, all.length / testSize(name))
  return all.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
}

/**
 * The seed of the test of this name: always the same in a small run; in a full one it follows
 * `BROADSIDE_TEST_SEED`, which `npm run test:full` chooses anew, prints, and takes to repeat a run.
 */
export function seedFor(name: TestSizeName): number {
  const base = process.env['BROADSIDE_TEST_SEED'] ?? '0'
  return createHash('sha256').update(`${base} ${name}`).digest().readInt32BE()
}
