import type {EditionTimes, MailCount} from '@broadside/ledger'

/** Somebody opened a mail or followed a link. `visitor` is known for minutes, in this process alone. */
export type Hit = Pick<MailCount, 'edition' | 'kind' | 'url' | 'reader'> & {at: number; visitor: string | undefined}

/** Within so many ms so many links of one edition are followed by programs alone. */
const bursts = [
  {withinMs: 1_000, links: 2},
  {withinMs: 10_000, links: 4},
]
/** Whoever comes sooner after a mail was handed over has not read it, ms. */
const unreadMs = 10_000
/** Editions that are out in so short a time, ms, reach everybody at once. */
const atOnceMs = 60_000
/** What comes later than this is not counted any more, ms. */
const countedForMs = 30 * 86_400_000

/** Before so long a time is over nobody knows whether a hit was one of many, ms. */
export const settleMs = Math.max(...bursts.map(({withinMs}) => withinMs))

/**
 * What `due` adds to the counts, when `all` is everything from `settleMs` before until as much after it. A hit of a
 * person is that of a program when it came at once after the mail, or with others; those of editions that are not known,
 * or that are old, count nothing.
 */
export function judgeHits(due: readonly Hit[], all: readonly Hit[], editions: readonly EditionTimes[]): MailCount[] {
  const times = new Map(editions.map((edition) => [edition.id, edition]))
  const byVisitor = Map.groupBy(all, ({visitor, edition}) => `${visitor} ${edition}`)
  const counts = new Map<string, MailCount>()
  for (const hit of due) {
    const {edition, kind, url, at, visitor} = hit
    const went = times.get(edition)
    if (went === undefined || went.frozen_at === null || at > went.frozen_at + countedForMs) continue
    const others = visitor === undefined ? [] : (byVisitor.get(`${visitor} ${edition}`) ?? [])
    const isProgram = hit.reader === 'person' && (isUnread(at, went) || isBurst(hit, others))
    const reader = isProgram ? 'machine' : hit.reader
    const key = JSON.stringify([edition, kind, url, reader])
    const known = counts.get(key)
    if (known === undefined) counts.set(key, {edition, kind, url, reader, count: 1})
    else known.count += 1
  }
  return [...counts.values()]
}

/** A link says nothing of whose mail it was in, so what is known is when the first and, of a quick edition, the last left. */
function isUnread(at: number, {frozen_at: began, completed_at: ended}: EditionTimes): boolean {
  if (at < (began ?? 0) + unreadMs) return true
  return ended !== null && ended - (began ?? 0) < atOnceMs && at < ended + unreadMs
}

function isBurst({at, kind}: Hit, others: readonly Hit[]): boolean {
  if (kind !== 'click') return false
  return bursts.some(({withinMs, links}) => {
    const near = others.filter((other) => other.kind === 'click' && Math.abs(other.at - at) < withinMs)
    return new Set(near.map(({url}) => url)).size >= links
  })
}
