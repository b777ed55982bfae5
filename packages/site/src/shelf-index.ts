import {periodsAround} from './lists.ts'
import {seriesOf, shelvesOf} from './shelves.ts'
import type {LivePost, PeriodCount, Shelf, SiteView, Term} from './site-view.ts'
import {termsOf} from './term-key.ts'

type ShelfQuestions = Pick<SiteView, 'newest' | 'count' | 'inPeriod' | 'periodsOf' | 'terms' | 'term'>

/** Answers what a view is asked about its shelves; `posts` come newest first. */
export function indexShelves(posts: LivePost[]): ShelfQuestions {
  const members = new Map<string, LivePost[]>()
  const labels = {
    tag: new Map<string, string[]>(),
    author: new Map<string, string[]>(),
    series: new Map<string, string[]>(),
  }
  for (const post of posts) {
    for (const shelf of [...shelvesOf(post), ...seriesOf(post)])
      for (const period of periodsAround(post.day)) push(members, nameOf(shelf, period), post)
    for (const kind of ['tag', 'author', 'series'] as const)
      for (const {key, label} of termsOf(post, kind)) push(labels[kind], key, label)
  }
  const inPeriod = (shelf: Shelf, period: string) => members.get(nameOf(shelf, period)) ?? []
  const terms = {tag: sortTerms(labels.tag), author: sortTerms(labels.author), series: sortTerms(labels.series)}
  return {
    newest: async (shelf, limit) => inPeriod(shelf, '').slice(0, limit),
    count: async (shelf, period) => inPeriod(shelf, period).length,
    inPeriod: async (shelf, period) => inPeriod(shelf, period),
    periodsOf: async (shelf, period) => partsOf(shelf, inPeriod(shelf, period), period),
    terms: async (kind, limit) => terms[kind].slice(0, limit),
    term: async (kind, key) => terms[kind].find((term) => term.key === key),
  }
}

function nameOf(shelf: Shelf, period: string): string {
  return `${shelf.kind}/${shelf.kind === 'all' ? '' : shelf.key}/${period}`
}

function partsOf({kind}: Shelf, posts: LivePost[], period: string): PeriodCount[] {
  const length = period === '' ? 'yyyy'.length : period.length + '-mm'.length
  return [...Map.groupBy(posts, ({day}) => day.slice(0, length))].map(([part, own]) => ({
    period: part,
    count: own.length,
    ...(kind === 'all' ? {changedAt: Math.max(...own.map(({date, updated}) => updated ?? date))} : {}),
  }))
}

function sortTerms(labels: Map<string, string[]>): Term[] {
  return [...labels]
    .map(([key, own]) => ({key, label: own.toSorted(byCodePoint)[0] ?? key, count: own.length}))
    .toSorted((a, b) => b.count - a.count || byCodePoint(a.key, b.key))
}

/** As databases compare UTF-8, which is not how JavaScript compares beyond U+FFFF. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function push<Value>(index: Map<string, Value[]>, key: string, value: Value): void {
  const known = index.get(key)
  if (known === undefined) index.set(key, [value])
  else known.push(value)
}
