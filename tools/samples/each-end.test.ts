import {beforeAll, describe, expect, test} from 'vitest'

// Input of count-tests.test.ts, and no part of the tests: one test for each way in which a test can end.
test('passes', () => expect(1).toBe(1))

test('fails', () => expect(1).toBe(2))

test('skips itself', ({skip}) => skip('no server here'))

test.skip('is left out', () => {})

test.todo('comes later')

describe('a group whose set-up fails', () => {
  beforeAll(() => {
    throw new Error('no server')
  })

  test('never runs', () => {})
})
