import {expect, test} from 'vitest'
import type {Clock} from './clock.ts'
import {createAlarm} from './create-alarm.ts'

function handClock(): Clock & {jump: (ms: number) => void} {
  const listeners = new Set<() => void>()
  let now = 1_000_000
  return {
    now: () => now,
    onJump(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    jump(ms) {
      now += ms
      for (const listener of listeners) listener()
    },
  }
}

test('rings once when the clock is moved to its moment, and not a millisecond before', () => {
  const clock = handClock()
  const rung: number[] = []
  const alarm = createAlarm(clock, () => rung.push(clock.now()))
  alarm.set(1_050_000)
  clock.jump(49_999)
  expect(rung).toEqual([])
  clock.jump(1)
  clock.jump(100_000)
  expect(rung).toEqual([1_050_000])
  alarm.stop()
})

test('waits for what was set last, rings at once for what is past, and not at all once it is stopped', () => {
  const clock = handClock()
  const rung: number[] = []
  const alarm = createAlarm(clock, () => rung.push(clock.now()))
  alarm.set(1_000_100)
  alarm.set(1_000_200)
  clock.jump(150)
  expect(rung).toEqual([])
  alarm.set(1_000_000)
  expect(rung).toEqual([1_000_150])
  alarm.set(1_000_200)
  alarm.stop()
  clock.jump(1_000)
  expect(rung).toEqual([1_000_150])
})

test('waits by itself for a moment of a clock that nobody moves, and is never early', async () => {
  const due = Date.now() + 25
  const rung = await new Promise<number>((resolve) => {
    createAlarm({now: () => Date.now()}, () => resolve(Date.now())).set(due)
  })
  expect(rung).toBeGreaterThanOrEqual(due)
})
