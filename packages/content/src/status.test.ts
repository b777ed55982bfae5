import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {nextChangeAt, statusAt} from './status.ts'

describe('statusAt', () => {
  test.each([
    [{draft: true, date: 1}, 5, {is: 'draft'}],
    [{draft: false}, 5, {is: 'live'}],
    [{draft: false, date: 6}, 5, {is: 'scheduled', at: 6}],
    [{draft: false, date: 5}, 5, {is: 'live'}],
    [{draft: false, date: 1, expires: 6}, 5, {is: 'live'}],
    [{draft: false, date: 1, expires: 5}, 5, {is: 'expired', at: 5}],
    [{draft: false, date: 9, expires: 4}, 5, {is: 'expired', at: 4}],
  ])('%j at %d is %j', (inputs, asOf, status) => {
    expect(statusAt(inputs, asOf)).toEqual(status)
  })

  test('stays the same until the next change, and is another one then', () => {
    const instant = fc.integer({min: 0, max: 30})
    const inputs = fc.record({
      draft: fc.boolean(),
      date: fc.option(instant, {nil: undefined}),
      expires: fc.option(instant, {nil: undefined}),
    })
    fc.assert(
      fc.property(inputs, instant, (post, asOf) => {
        const next = nextChangeAt(post, asOf)
        const before = statusAt(post, asOf)
        for (let later = asOf; later < (next ?? 40); later += 1) expect(statusAt(post, later)).toEqual(before)
        if (next !== undefined) expect(statusAt(post, next)).not.toEqual(before)
      }),
    )
  })
})
