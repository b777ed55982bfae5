import {expect, test} from 'vitest'
import {relatedTo} from './related.ts'
import type {LivePost} from './site-view.ts'

/** A post `day` days after the one that is read, by its tags. */
function post(day: number, ...tags: string[]): LivePost {
  return {
    id: `${day}`,
    path: `posts/${day}.md`,
    address: `/posts/${day}/`,
    aliases: [],
    meta: {title: `Day ${day}`, tags, authors: []},
    date: day * 86_400_000,
    updated: undefined,
    day: '2026-11-02',
    fragmentKey: '',
    excerpt: '',
    words: 1,
  }
}

const read = post(0, 'NATS', 'Queues', 'Time')

function idsOf(newer: LivePost[], older: LivePost[]): string[] {
  return relatedTo(read, {newer, older}).map(({id}) => id)
}

test('the posts that share most tags come first, then the nearest, and never more than three', () => {
  const newer = [post(1, 'nats'), post(2, 'queues', 'nats'), post(9, 'nats', 'queues', 'time')]
  const older = [post(-3, 'Time'), post(-4, 'other')]
  expect(idsOf(newer, older)).toEqual(['9', '2', '1'])
})

test('of two as near and as like the older comes first', () => {
  expect(idsOf([post(1, 'NATS')], [post(-1, 'NATS')])).toEqual(['-1', '1'])
})

test('only the twenty nearest by date are looked at, on whichever side they are', () => {
  const newer = Array.from({length: 20}, (_, n) => post(n + 1, 'other'))
  expect(idsOf(newer, [post(-30, 'NATS')])).toEqual([])
  expect(idsOf(newer.slice(1), [post(-30, 'NATS')])).toEqual(['-30'])
})

test('a post without tags, or with none that another has, has none', () => {
  expect(relatedTo(post(0), {newer: [post(1)], older: []})).toEqual([])
  expect(idsOf([post(1, 'Other')], [])).toEqual([])
})
