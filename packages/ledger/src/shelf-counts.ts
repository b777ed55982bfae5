import {sql, type SelectQueryBuilder} from 'kysely'
import type {Period, PeriodCount, Shelf, SiteView, TermKind} from '@broadside/site'
import type {Db} from './open-ledger.ts'
import {rememberAnswer, type AskedRevision} from './remember-answers.ts'
import {countAfter, partLength, periodsAfter, termAfter, termsAfter} from './shelf-delta.ts'
import type {PostTermsTable, PostVersionsTable, Tables} from './tables.ts'
import {holdsAt} from './version-range.ts'

export type TermShelf = Exclude<Shelf, {kind: 'all'}>

/** Live posts of a shelf in a period, and the terms of one, which hold the day of their post. */
export type ShelfQueries = {
  postsIn: (shelf: Shelf, period: Period) => SelectQueryBuilder<Tables & {p: PostVersionsTable}, 'p', PostVersionsTable>
  termsIn: (shelf: TermShelf, period: Period) => SelectQueryBuilder<Tables & {t: PostTermsTable}, 't', object>
}

/** What a view is asked that is a count over many posts. It is counted once, and then kept up by what each revision changes. */
export function createShelfCounts(
  db: Db,
  at: AskedRevision,
  {postsIn, termsIn}: ShelfQueries,
): Pick<SiteView, 'count' | 'periodsOf' | 'terms' | 'term'> {
  const termsHere = (kind: TermKind) =>
    db
      .selectFrom('post_terms as t')
      .where('t.site', '=', at.site)
      .where('t.kind', '=', kind)
      .where(holdsAt('t', at.revision))
      .select(['t.key', sql<string>`min(t.label)`.as('label'), sql<number>`count(*)`.as('count')])
      .groupBy('t.key')
  const nameOf = (question: string, shelf: Shelf, period: Period): string =>
    JSON.stringify([question, shelf.kind, shelf.kind === 'all' ? '' : shelf.key, period])

  return {
    async count(shelf, period) {
      return rememberAnswer(db, at, {
        name: nameOf('count', shelf, period),
        async ask() {
          const all = sql<number>`count(*)`.as('count')
          const {count} =
            shelf.kind === 'all'
              ? await postsIn(shelf, period).clearSelect().select(all).executeTakeFirstOrThrow()
              : await termsIn(shelf, period).select(all).executeTakeFirstOrThrow()
          return Number(count)
        },
        after: (count, delta) => countAfter(count, delta, shelf, period),
      })
    },
    async periodsOf(shelf, period) {
      const parts = await rememberAnswer(db, at, {
        name: nameOf('periods', shelf, period),
        async ask() {
          const part = (day: string) => sql<string>`substr(${sql.ref(day)}, 1, ${partLength(period)})`.as('period')
          const count = sql<number>`count(*)`.as('count')
          const changedAt = sql<number>`max(coalesce(p.updated, p.date))`.as('changedAt')
          const rows: PeriodCount[] =
            shelf.kind === 'all'
              ? await postsIn(shelf, period)
                  .clearSelect()
                  .select([part('p.day'), count, changedAt])
                  .groupBy('period')
                  .orderBy('period', 'desc')
                  .execute()
              : await termsIn(shelf, period)
                  .select([part('t.day'), count])
                  .groupBy('period')
                  .orderBy('period', 'desc')
                  .execute()
          return rows.map((row) => ({...row, count: Number(row.count)}))
        },
        after: (parts, delta) => periodsAfter(parts, delta, shelf, period),
      })
      return [...parts]
    },
    async terms(kind, limit) {
      const terms = await rememberAnswer(db, at, {
        name: JSON.stringify(['terms', kind]),
        ask: () => termsHere(kind).orderBy('count', 'desc').orderBy('t.key').execute(),
        after: (terms, delta) => termsAfter(terms, delta, kind),
      })
      return terms.slice(0, limit)
    },
    async term(kind, key) {
      return rememberAnswer(db, at, {
        name: JSON.stringify(['term', kind, key]),
        ask: () => termsHere(kind).where('t.key', '=', key).executeTakeFirst(),
        after: (term, delta) => termAfter(term, delta, kind, key),
      })
    },
  }
}
