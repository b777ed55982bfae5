import type {Period, ListShelf, SiteView} from './site-view.ts'

/**
 * How many posts a list page holds at most, save for a month's and a single day's. A longer period shows its parts
 * instead (a year its months, a month its days), and a longer tag or author its newest and its years, so that no change
 * of one post touches more than its own few pages.
 */
export const listLimit = 50

/** How many a month holds. Its days would be pages of two or three posts each for whoever writes a little more often. */
const monthLimit = 200

/** Whether a period of `count` posts has pages of its own for its parts. The archive always has its years. */
export function isExpanded(shelf: ListShelf, period: Period, count: number): boolean {
  if (shelf.kind === 'all' && period === '') return true
  const isMonth = period.length === '2026-11'.length
  return period.length < '2026-11-02'.length && count > (isMonth ? monthLimit : listLimit)
}

/** The period that shows this one as a part, undefined for a whole shelf. */
function parentOf(period: Period): Period | undefined {
  return period === '' ? undefined : period.slice(0, Math.max(0, period.lastIndexOf('-')))
}

/** The whole shelf, year, month and day that a post is listed in. */
export function periodsAround(day: string): Period[] {
  return ['', day.slice(0, 4), day.slice(0, 7), day]
}

/** Whether the list page of a period exists: it has posts, and the period around it is too long to show them itself. */
export async function listExists(view: SiteView, shelf: ListShelf, period: Period): Promise<boolean> {
  const parent = parentOf(period)
  if (parent === undefined && shelf.kind === 'all') return true
  if ((await view.count(shelf, period)) === 0) return false
  return parent === undefined || isExpanded(shelf, parent, await view.count(shelf, parent))
}

/** The periods below `period` that have pages, all the way down. */
export async function* periodsBelow(view: SiteView, shelf: ListShelf, period: Period): AsyncIterable<Period> {
  if (!isExpanded(shelf, period, await view.count(shelf, period))) return
  for (const part of await view.periodsOf(shelf, period)) {
    yield part.period
    yield* periodsBelow(view, shelf, part.period)
  }
}
