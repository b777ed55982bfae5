import {expect, test} from 'vitest'
import type {Outcome} from '@broadside/smtp'
import {judgeOutcomes} from './judge-outcomes.ts'

const context = {now: 1_000, deferMs: 100, giveUpMs: 500, random: () => 1}
const accepted: Outcome = {state: 'accepted', reply: '250 ok'}
const uncertain: Outcome = {state: 'uncertain', reason: 'no answer'}
const busy: Outcome = {state: 'deferred', scope: 'recipient', reason: 'busy'}
const down: Outcome = {state: 'deferred', scope: 'server', reason: 'refused'}
const unknown: Outcome = {
  state: 'failed',
  scope: 'recipient',
  reason: 'unknown',
  reply: '550',
  code: 550,
  enhanced: '5.1.1',
}
const policy: Outcome = {...unknown, reason: 'listed', enhanced: '5.7.1'}
const sender: Outcome = {...unknown, scope: 'server', reason: 'sender refused', enhanced: '5.1.8'}

const first = {subscriber: 's', address: 'ann@readers.example', attempt: 0, firstAt: 900, nextAt: 900, slot: null}

const judge = (...outcomes: Outcome[]) => {
  const results = outcomes.map((outcome, index) => ({
    delivery: {...first, subscriber: `s${index}`},
    outcome,
  }))
  const {settled, lanes: _lanes, ...rest} = judgeOutcomes(results, context)
  return {states: settled.map(({state, attempt, nextAt}) => [state, attempt, nextAt]), ...rest}
}

test('what is known is settled as it is known', () => {
  expect(judge(accepted, uncertain, unknown)).toEqual({
    states: [
      ['accepted', 1, 1_000],
      ['uncertain', 1, 1_000],
      ['failed', 1, 1_000],
    ],
  })
})

test('a 4xx for a recipient is for later and uses up a try', () => {
  expect(judge(busy)).toEqual({states: [['deferred', 1, 1_100]]})
})

test('who was put off for too long is given up on', () => {
  const delivery = {...first, attempt: 2, firstAt: 500}
  expect(judgeOutcomes([{delivery, outcome: busy}], context).settled).toEqual([
    {subscriber: 's', state: 'failed', reply: 'gave up after 3 tries: busy', attempt: 3, nextAt: 1_000},
  ])
})

test('a server that cannot be used takes no try away', () => {
  expect(judge(down, down)).toEqual({
    states: [
      ['pending', 0, 1_000],
      ['pending', 0, 1_000],
    ],
    trouble: 'refused',
  })
})

test('a server that takes others of the group can be used, so it is about the message', () => {
  expect(judge(accepted, down)).toEqual({
    states: [
      ['accepted', 1, 1_000],
      ['deferred', 1, 1_100],
    ],
  })
})

test.each([
  ['by policy', policy, 'listed'],
  ['our sender', sender, 'sender refused'],
])('a refusal %s pauses and fails nobody', (_, outcome, pause) => {
  expect(judge(outcome)).toEqual({states: [['pending', 1, 1_000]], pause})
})

test('a server that asks for less is written to more slowly, and nobody is given up on for it', () => {
  const throttled: Outcome = {...busy, reason: 'slow down', enhanced: '4.7.28', code: 421}
  const delivery = {...first, attempt: 40, firstAt: 0}
  const judgement = judgeOutcomes([{delivery, outcome: throttled}], context)
  expect(judgement.settled.map(({state}) => state)).toEqual(['deferred'])
  expect(judgement.lanes.filter(({refused}) => refused)).toEqual([{lane: 'to readers.example', refused: true}])
  const server: Outcome = {...throttled, scope: 'server'}
  const all = judgeOutcomes([{delivery: first, outcome: server}], context)
  expect(all).toMatchObject({trouble: 'slow down', settled: [{state: 'pending', attempt: 0}]})
  expect(all.lanes.filter(({refused}) => refused)).toEqual([{lane: 'server', refused: true}])
})
