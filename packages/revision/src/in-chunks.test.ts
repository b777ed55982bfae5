import {expect, test} from 'vitest'
import {inChunks} from './in-chunks.ts'

test('rows come in chunks, and the last is what is left', () => {
  expect([...inChunks([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]])
  expect([...inChunks(new Set(['a', 'b']), 2)]).toEqual([['a', 'b']])
  expect([...inChunks([])]).toEqual([])
})

test('rows that are made when they are asked for are made chunk by chunk', () => {
  let made = 0
  function* rows() {
    for (;;) yield ++made
  }
  const chunks = inChunks(rows(), 3)
  expect(chunks.next().value).toEqual([1, 2, 3])
  expect(made).toBe(3)
})
