import {expect, test} from 'vitest'
import type {Outcome} from '@broadside/smtp'
import {judgeOutcomes} from './judge-outcomes.ts'

const context = {now: 1_000, deferMs: 100, maxTries: 3, random: () => 1}
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

const judge = (...outcomes: Outcome[]) => {
  const results = outcomes.map((outcome, index) => ({
    delivery: {subscriber: `s${index}`, address: 'ann@readers.example', attempt: 0},
    outcome,
  }))
  const {settled, ...rest} = judgeOutcomes(results, context)
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

test('the last try that is put off fails', () => {
  const delivery = {subscriber: 's', address: 'ann@readers.example', attempt: 2}
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
