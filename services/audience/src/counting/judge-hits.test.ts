import {expect, test} from 'vitest'
import {judgeHits, type Hit} from './judge-hits.ts'

const minute = 60_000
const slow = {id: 'slow', frozen_at: 0, completed_at: 40 * minute}
const quick = {id: 'quick', frozen_at: 0, completed_at: 30_000}

const click = (more: Partial<Hit>): Hit => ({
  edition: 'slow',
  kind: 'click',
  url: 'https://a.example/',
  reader: 'person',
  at: 10 * minute,
  visitor: 'ann',
  ...more,
})
const judge = (hits: Hit[], due = hits) =>
  judgeHits(due, hits, [slow, quick]).map(({reader, kind, url, count}) => `${reader} ${kind} ${url} ${count}`)

test('clicks are summed by link, and by what kind of reader followed it', () => {
  const hits = [click({}), click({visitor: 'bo'}), click({visitor: 'cy', reader: 'machine'})]
  expect(judge([...hits, click({visitor: 'dan', url: 'https://b.example/'})])).toEqual([
    'person click https://a.example/ 2',
    'machine click https://a.example/ 1',
    'person click https://b.example/ 1',
  ])
})

test('who follows many links at once is a program, also when the others come after it is judged', () => {
  const hits = [0, 2_000, 4_000, 6_000].map((ms) => click({at: 10 * minute + ms, url: `https://a.example/${ms}`}))
  expect(judge(hits, hits.slice(0, 1))).toEqual(['machine click https://a.example/0 1'])
  expect(judge(hits.slice(0, 3), hits.slice(0, 1))).toEqual(['person click https://a.example/0 1'])
  const two = [click({}), click({at: 10 * minute + 500, url: 'https://b.example/'})]
  expect(judge(two)).toEqual(['machine click https://a.example/ 1', 'machine click https://b.example/ 1'])
})

test('people whose address is not known, or who are two, are not taken for one program', () => {
  const urls = ['https://a.example/', 'https://b.example/']
  const people = ['person click https://a.example/ 1', 'person click https://b.example/ 1']
  expect(judge(urls.map((url) => click({url, visitor: undefined})))).toEqual(people)
  expect(judge(urls.map((url, at) => click({url, visitor: `reader ${at}`})))).toEqual(people)
})

test('who comes within seconds after the mail has not read it', () => {
  const readers = (edition: string, at: number) => judge([click({edition, at})])[0]?.split(' ')[0]
  expect([9_999, 10_000].map((at) => readers('slow', at))).toEqual(['machine', 'person'])
  // A quick edition reaches its last reader when it ends; in a slow one most have theirs for long.
  expect([39_999, 40_000].map((at) => readers('quick', at))).toEqual(['machine', 'person'])
  expect(readers('slow', 40 * minute + 1)).toBe('person')
})

test('proxies stay what they are, and editions that are old or unknown count nothing', () => {
  const open = {kind: 'open', url: '', visitor: 'google'} as const
  expect(judge([click({...open, reader: 'proxy', at: 1}), click({...open, reader: 'preload', at: 2})])).toEqual([
    'proxy open  1',
    'preload open  1',
  ])
  expect(judge([click({at: 31 * 86_400_000}), click({edition: 'none'})])).toEqual([])
})
