import type {Instant} from '@broadside/content'
import type {Period, PeriodCount, Shelf, Term, TermKind} from '@broadside/site'

/** A live post as counts see it. */
export type FiledPost = {day: string; changedAt: Instant; terms: {kind: TermKind; key: string; label: string}[]}

/** The posts that differ between two revisions: as they were, and as they are. One that stays is in both. */
export type ShelfDelta = {gone: FiledPost[]; come: FiledPost[]}

/** Where the answer does not follow from the one before, such as the newest change when the newest post has gone. */
export const notKnown = Symbol('not known')

/** How many posts of the shelf fall in the period, once the delta has happened. */
export function countAfter(count: number, delta: ShelfDelta, shelf: Shelf, period: Period): number {
  const within = (posts: FiledPost[]) => posts.filter((post) => isIn(post, shelf, period)).length
  return count + within(delta.come) - within(delta.gone)
}

/** The parts of a period, newest first. */
export function periodsAfter(
  parts: PeriodCount[],
  delta: ShelfDelta,
  shelf: Shelf,
  period: Period,
): PeriodCount[] | typeof notKnown {
  const length = partLength(period)
  const byPart = (posts: FiledPost[]) =>
    Map.groupBy(
      posts.filter((post) => isIn(post, shelf, period)),
      ({day}) => day.slice(0, length),
    )
  const [gone, come] = [byPart(delta.gone), byPart(delta.come)]
  const after = new Map(parts.map((part) => [part.period, part]))
  for (const part of new Set([...gone.keys(), ...come.keys()])) {
    const was = after.get(part)
    const [left, joined] = [gone.get(part) ?? [], come.get(part) ?? []]
    const count = (was?.count ?? 0) + joined.length - left.length
    const newest = Math.max(...joined.map(({changedAt}) => changedAt))
    if (count === 0) after.delete(part)
    else if (shelf.kind !== 'all') after.set(part, {period: part, count})
    else if (was?.changedAt === undefined) after.set(part, {period: part, count, changedAt: newest})
    else {
      const {changedAt} = was
      if (newest < changedAt && left.some((post) => post.changedAt >= changedAt)) return notKnown
      after.set(part, {period: part, count, changedAt: Math.max(changedAt, newest)})
    }
  }
  return [...after.values()].toSorted((a, b) => (a.period < b.period ? 1 : -1))
}

/** A term that has posts, or undefined. */
export function termAfter(
  term: Term | undefined,
  delta: ShelfDelta,
  kind: TermKind,
  key: string,
): Term | undefined | typeof notKnown {
  const labels = (posts: FiledPost[]) =>
    posts.flatMap(({terms}) => terms.filter((one) => one.kind === kind && one.key === key)).map(({label}) => label)
  const [gone, come] = [labels(delta.gone), labels(delta.come)]
  const count = (term?.count ?? 0) + come.length - gone.length
  if (count === 0) return undefined
  const first = come.toSorted(byCodePoint)[0]
  if (term === undefined) return first === undefined ? notKnown : {key, label: first, count}
  if (first !== undefined && byCodePoint(first, term.label) <= 0) return {key, label: first, count}
  return gone.includes(term.label) ? notKnown : {key, label: term.label, count}
}

/** All terms of a kind: most posts first, then by key. */
export function termsAfter(terms: Term[], delta: ShelfDelta, kind: TermKind): Term[] | typeof notKnown {
  const named = [...delta.gone, ...delta.come].flatMap((post) => post.terms)
  const keys = new Set(named.filter((one) => one.kind === kind).map(({key}) => key))
  if (keys.size === 0) return terms
  const after = terms.filter(({key}) => !keys.has(key))
  const before = new Map(terms.filter(({key}) => keys.has(key)).map((term) => [term.key, term]))
  for (const key of keys) {
    const term = termAfter(before.get(key), delta, kind, key)
    if (term === notKnown) return notKnown
    if (term !== undefined) after.splice(placeOf(after, term), 0, term)
  }
  return after
}

/** As long as the name of a part of the period is: a year, a month or a day. */
export function partLength(period: Period): number {
  return period === '' ? 'YYYY'.length : period.length + '-MM'.length
}

function isIn(post: FiledPost, shelf: Shelf, period: Period): boolean {
  if (period !== '' && post.day !== period && !post.day.startsWith(`${period}-`)) return false
  return shelf.kind === 'all' || post.terms.some(({kind, key}) => kind === shelf.kind && key === shelf.key)
}

function placeOf(terms: Term[], term: Term): number {
  let [low, high] = [0, terms.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = terms[middle]!
    const order = other.count === term.count ? byCodePoint(other.key, term.key) : term.count - other.count
    if (order < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** As databases compare UTF-8, which is not how JavaScript compares beyond U+FFFF. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
