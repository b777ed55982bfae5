import {expect, test} from 'vitest'
import {admit, learn, type Lanes} from './create-admission.ts'
import {noRules} from './sending-rules.ts'

const now = 1_000_000
const person = (subscriber: string, domain: string, more = {}) => ({
  subscriber,
  address: `${subscriber}@${domain}`,
  attempt: 0,
  firstAt: null,
  nextAt: now,
  slot: null,
  ...more,
})
const crowd = [1, 2, 3].flatMap((n) => [person(`slow-${n}`, 'slow.example'), person(`fast-${n}`, 'fast.example')])
const slow = {...noRules, domainMs: new Map([['slow.example', 1_000]])}

test('a slow domain keeps nobody else waiting, and its own get their times', () => {
  const {go, later, back} = admit(crowd, new Map(), slow, now)
  expect(go.map(({subscriber}) => subscriber)).toEqual(['slow-1', 'fast-1', 'fast-2', 'fast-3'])
  expect(later).toEqual([
    {subscriber: 'slow-2', at: now + 1_000, slot: 0},
    {subscriber: 'slow-3', at: now + 2_000, slot: 0},
  ])
  expect(back).toEqual([])
})

test('who comes at the time that was given out goes, and not when it is long past or counts no longer', () => {
  const lanes: Lanes = new Map()
  admit(crowd, lanes, slow, now)
  const due = person('slow-2', 'slow.example', {nextAt: now + 1_000, slot: 0})
  expect(admit([due], new Map(lanes), slow, now + 1_000).go).toEqual([due])
  expect(admit([due, due], new Map(lanes), slow, now + 3_600_000).go).toHaveLength(1)
  learn([{lane: 'to slow.example', refused: true}], lanes, slow, now + 500)
  expect(admit([due], lanes, slow, now + 1_000)).toMatchObject({go: [], later: [{at: now + 5_500, slot: 1}]})
})

test('nobody is given a time so far ahead that a lane which gets faster would not find them', () => {
  const many = Array.from({length: 2_000}, (_, n) => person(`p${n}`, 'slow.example'))
  const times = admit(many, new Map(), slow, now).later.map(({at}) => at)
  expect(Math.max(...times)).toBeLessThanOrEqual(now + 601_000)
})

test('the pace of the site holds for all of its mail', () => {
  const admission = admit(crowd, new Map(), {...noRules, siteMs: 400}, now)
  expect(admission.go.map(({subscriber}) => subscriber)).toEqual(['slow-1'])
  expect(admission.back).toHaveLength(5)
  expect(admission.waitUntil).toBe(now + 400)
})
