import {expect, test} from 'vitest'
import {at, idOf, post, siteState, viewOf} from '../test/site-model.ts'
import {placeInSeries, seriesParts} from './series.ts'

function partsOf(...all: {slug: string; order?: number; date?: string}[]) {
  const posts = all.map(({slug, order, date = '2026-11-02T08:00:00Z'}) =>
    post({slug, date: at(date), series: {name: 'Down', ...(order === undefined ? {} : {order})}}),
  )
  const view = viewOf(siteState({posts: new Map(posts.map((one) => [idOf(one.slug), one]))}))
  return seriesParts(view, 'down')
}

test("parts stand in the author's order, those without a number after them by date", async () => {
  const parts = await partsOf(
    {slug: 'later', date: '2026-11-04T08:00:00Z'},
    {slug: 'two', order: 2, date: '2020-01-01T08:00:00Z'},
    {slug: 'sooner', date: '2026-11-03T08:00:00Z'},
    {slug: 'one', order: 1},
  )
  expect(parts.map(({meta}) => meta.title)).toEqual(['About one', 'About two', 'About sooner', 'About later'])
  expect(placeInSeries(parts, idOf('two'))).toMatchObject({
    previous: {id: idOf('one')},
    next: {id: idOf('sooner')},
  })
  expect(placeInSeries(parts, idOf('one')).previous).toBeUndefined()
})

test('a series beyond a hundred parts knows its newest hundred', async () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString()
  const parts = await partsOf(...Array.from({length: 101}, (_, n) => ({slug: `n${n}`, date: day(n)})))
  expect(parts).toHaveLength(100)
  expect(placeInSeries(parts, idOf('n0'))).toEqual({previous: undefined, next: undefined})
})
