import {expect, test} from 'vitest'
import {contentsOf} from './contents-of.ts'

const heading = (depth: number, id: string) => ({depth, id, text: `About ${id}`})
const link = (id: string, url = `#${id}`) => ({label: `About ${id}`, url})

test('headings are listed with those one level below them', () => {
  expect(contentsOf([heading(2, 'a'), heading(3, 'b'), heading(4, 'c'), heading(3, 'd'), heading(2, 'größe')])).toEqual(
    [
      {...link('a'), parts: [link('b'), link('d')]},
      {...link('größe', '#gr%C3%B6%C3%9Fe'), parts: []},
    ],
  )
})

test('a deeper heading before the first high one stands by itself', () => {
  expect(contentsOf([heading(3, 'a'), heading(2, 'b'), heading(3, 'c')])).toEqual([
    {...link('a'), parts: []},
    {...link('b'), parts: [link('c')]},
  ])
})

test('a text without headings has none', () => {
  expect(contentsOf([])).toBeUndefined()
})
