import {expect, test} from 'vitest'
import {termKey, termsOf} from './term-key.ts'

test.each([
  ['NATS', 'nats'],
  ['Event sourcing', 'event-sourcing'],
  ['C', 'c'],
  ['C++', 'c-plus-plus'],
  ['C#', 'c-sharp'],
  ['.NET', 'net'],
  ['Q&A', 'q-and-a'],
  ['日本語', '日本語'],
  ['re\u0301sume\u0301', 'résumé'],
  ['../..', ''],
  ['\ud800', ''],
])('%s is filed under "%s"', (label, key) => {
  expect(termKey(label)).toBe(key)
})

test('a post stands once under each key, in its first spelling', () => {
  const meta = {title: '', tags: ['Queues', 'queues', '!', 'NATS'], authors: []}
  expect(termsOf({meta}, 'tag')).toEqual([
    {key: 'queues', label: 'Queues'},
    {key: 'nats', label: 'NATS'},
  ])
})
