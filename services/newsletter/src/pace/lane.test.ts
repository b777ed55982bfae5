import fc from 'fast-check'
import {expect, test} from 'vitest'
import {openLane, slowDown, speedUp, takeTurn, type Lane} from './lane.ts'

const second = {allowedMs: 1_000}

/** When each of `count` mails may go that are asked for at `now`. */
function times(lane: Lane, count: number, now: number): number[] {
  const at: number[] = []
  for (let left = count; left > 0; left--) {
    const turn = takeTurn(lane, {now, ...second})
    at.push(turn.at)
    lane = turn.lane
  }
  return at
}

test('mails on a lane are evenly apart, and hours in which nothing was sent leave no burst behind', () => {
  expect(times(openLane, 4, 10_000)).toEqual([10_000, 11_000, 12_000, 13_000])
  const {lane} = takeTurn(openLane, {now: 10_000, ...second})
  expect(times(lane, 3, 9_000_000)).toEqual([9_000_000, 9_001_000, 9_002_000])
})

test('however mails are asked for, no second has more of them than the lane allows and one', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 0, max: 3_000}), {minLength: 1, maxLength: 60}), (pauses) => {
      let lane = openLane
      let now = 0
      const sent: number[] = []
      for (const pause of pauses) {
        now += pause
        const turn = takeTurn(lane, {now, allowedMs: 250})
        lane = turn.lane
        sent.push(turn.at)
      }
      for (const from of sent)
        expect(sent.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(5)
    }),
  )
})

test('a refusal halves the speed, several at once count as one, and good times bring it back', () => {
  const slower = slowDown(openLane, {now: 0, ...second})
  expect(slower).toMatchObject({learnedMs: 2_000, nextAt: 5_000, epoch: 1})
  expect(slowDown(slower, {now: 100, ...second})).toBe(slower)
  expect(slowDown(slower, {now: 60_000, ...second})).toMatchObject({learnedMs: 4_000, epoch: 2})
  expect(speedUp(slower, {now: 10_000, ...second})).toBe(slower)
  let lane = slower
  for (let now = 40_000; lane.learnedMs > 0; now += 40_000) lane = speedUp(lane, {now, ...second})
  expect(takeTurn(lane, {now: 1e9, ...second}).lane.nextAt).toBe(1e9 + 1_000)
})

test('a lane without a limit costs nothing until it is refused', () => {
  expect(takeTurn(openLane, {now: 5, allowedMs: 0})).toEqual({at: 5, lane: openLane})
  expect(slowDown(openLane, {now: 0, allowedMs: 0}).learnedMs).toBe(50)
})
