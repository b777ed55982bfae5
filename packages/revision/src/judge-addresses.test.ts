import {describe, expect, test} from 'vitest'
import type {Candidate} from './candidate.ts'
import {judgeAddresses, type Holder} from './judge-addresses.ts'

type Wish = {
  address?: string
  /** The address that its version has now. */
  has?: string
  since?: number
  /** Which of the commits of that push gave it. */
  nth?: number
  waits?: boolean
  isNew?: boolean
  bornAt?: number
  expires?: number
}

function wish(
  id: string,
  {address = '/x/', has, since, nth = 0, waits, isNew = false, bornAt = 0, expires}: Wish,
): Candidate {
  const record = {id, path: `posts/${id}.md`, bornAt, blockedBy: waits === true ? address : undefined}
  const current =
    has === undefined ? undefined : {address: has, status: 'live', path: record.path, expires: expires ?? null}
  const had = new Map(since === undefined ? [] : [[address, {revision: since, nth}]])
  return {record, address, status: 'live', current, had, isNew} as unknown as Candidate
}

function winners(candidates: Candidate[], holders: Record<string, Holder> = {}): string[] {
  return judgeAddresses(candidates, 10, (address) => holders[address]).accepted.map(({record}) => record.id)
}

describe('of two posts that want an address, it goes to', () => {
  test.each<[string, Wish, Wish]>([
    ['the one that holds it', {has: '/x/', bornAt: 9}, {since: 1}],
    [
      'the one that memory knows without waiting, as in a fresh publish',
      {since: 4, bornAt: 9},
      {since: 1, waits: true},
    ],
    ['the one that waits for it, before one that comes', {waits: true, bornAt: 9}, {isNew: true}],
    ['the one that waits for it, before one that moves there', {waits: true, bornAt: 9}, {has: '/y/', since: 1}],
    ['the one that had it first', {isNew: true, since: 2, bornAt: 9}, {isNew: true}],
    ['the one that had it in an older revision', {since: 1, nth: 5, bornAt: 9}, {since: 2}],
    ['the one that had it by an older commit of a push', {since: 1, bornAt: 9}, {since: 1, nth: 1}],
    ['the older one', {isNew: true, bornAt: 1}, {isNew: true, bornAt: 2}],
  ])('%s', (_, winner, loser) => {
    const first = wish('winner', winner)
    const second = wish('a-loser', loser)
    expect(winners([first, second])[0]).toBe('winner')
    expect(winners([second, first])).not.toContain('a-loser')
  })
})

test('who is refused keeps the address it has, and so on through all who wanted one of those', () => {
  const chain = [
    wish('a', {address: '/2/', has: '/1/'}),
    wish('b', {address: '/3/', has: '/2/'}),
    wish('c', {address: '/4/', has: '/3/'}),
    wish('d', {address: '/1/', isNew: true}),
  ]
  expect(winners(chain).toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect(winners(chain, {'/4/': {file: 'pages/4.md'}})).toEqual([])
})

test('an address whose last good version has expired is kept for nobody', () => {
  const refused = wish('a', {address: '/taken/', has: '/x/', expires: 10})
  expect(winners([refused, wish('b', {isNew: true})], {'/taken/': {file: 'pages/taken.md'}})).toEqual(['b'])
})
