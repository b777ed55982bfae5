import {availableParallelism} from 'node:os'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createKillLane, readers, type KillLane, type Moment, type Step} from './kill-lane.ts'
import type {Outcome} from './look-at-outcome.ts'

/** Most deliveries that a kill may leave in doubt: one for each open connection to the mail server. */
const connections = 5
/** Work in hand goes on within ten seconds of a start; a single kill may take longer on a busy machine. */
const usualMs = 10_000

let lanes: {lane: KillLane; reference: Outcome}[] = []
let moments: Moment[] = []

beforeAll(async () => {
  lanes = await Promise.all(
    Array.from({length: isFullRun ? Math.min(2, availableParallelism()) : 1}, async () => {
      const lane = await createKillLane()
      const {outcome, steps} = await lane.undisturbed()
      moments = momentsOf(steps)
      return {lane, reference: outcome}
    }),
  )
}, 120_000)
afterAll(async () => {
  await Promise.all(lanes.map(({lane}) => lane.destroy()))
})

/** Before and after each step of each kind; the kinds take turns, so that any few in a row are of all kinds. */
function momentsOf(steps: Record<Step, number>): Moment[] {
  return Object.entries(steps)
    .flatMap(([step, count]) =>
      Array.from({length: count * 2}, (_, index) => ({
        step: step as Step,
        n: Math.floor(index / 2) + 1,
        when: index % 2 === 0 ? ('before' as const) : ('after' as const),
        place: (index + 0.5) / (count * 2),
      })),
    )
    .toSorted((a, b) => a.place - b.place)
    .map(({step, n, when}) => ({step, n, when}))
}

/** So many of them, evenly apart; where the first lies is the seed's choice. */
function choose(all: Moment[], count: number, seed: number): Moment[] {
  if (count >= all.length) return all
  const apart = all.length / count
  const offset = (Math.abs(seed) % 1_000) / 1_000
  return Array.from({length: count}, (_, index) => all[Math.floor((index + offset) * apart)]!)
}

test('an undisturbed push is published whole and mailed once to each', () => {
  for (const {reference} of lanes) {
    expect(reference.fresh).toEqual(reference.published)
    expect(reference.deliveries).toEqual(readers.map(() => ({state: 'accepted', mails: 1})))
  }
  const kinds: Step[] = ['commit', 'rename', 'remove', 'event', 'job', 'mail']
  expect(new Set(moments.map(({step}) => step))).toEqual(new Set(kinds))
})

test(
  'a kill at any step and a new start lead to the same site, and to one mail each',
  async () => {
    const count = testSize('standalone: kills')
    const chosen = choose(moments, count, seedFor('standalone: kills'))
    let died = 0
    const recoveries: number[] = []
    await Promise.all(
      lanes.map(async ({lane, reference}, index) => {
        const mine = chosen.filter((_, place) => place % lanes.length === index)
        for (const [round, moment] of mine.entries()) {
          const {at, recoveredMs, outcome} = await lane.killAt(moment, {serversDie: round % 2 === 1})
          if (at !== undefined) died += 1
          expectWhole(outcome, reference, `killed ${moment.when} ${moment.step} ${moment.n}: ${at}`)
          recoveries.push(recoveredMs)
        }
      }),
    )
    expect(recoveries.toSorted((a, b) => a - b)[Math.floor(recoveries.length / 2)]).toBeLessThan(usualMs)
    // The last steps of a push do not come in each run, since looks by the clock are steps too.
    expect(died).toBeGreaterThanOrEqual(Math.floor(chosen.length * 0.8))
  },
  60_000 + testSize('standalone: kills') * 20_000,
)

function expectWhole(outcome: Outcome, reference: Outcome, at: string): void {
  const {published, manifest, fresh, deliveries, editions, mails} = outcome
  expect(outcome.integrity, at).toBe(reference.integrity)
  expect(outcome.deadLetters, at).toBe(0)
  expect(published, at).toEqual(reference.published)
  expect(manifest, at).toEqual(published)
  expect(fresh, at).toEqual(published)
  expect(
    editions.map(({state, audience}) => ({state, audience})),
    at,
  ).toEqual([{state: 'complete', audience: readers.length}])
  expect(deliveries.length, at).toBe(readers.length)
  const inDoubt = deliveries.filter(({state}) => state === 'uncertain')
  expect(inDoubt.length, at).toBeLessThanOrEqual(connections)
  for (const {state, mails: count} of deliveries) {
    if (state === 'uncertain') expect(count, at).toBeLessThanOrEqual(1)
    else expect({state, count}, at).toEqual({state: 'accepted', count: 1})
  }
  const sum = Object.values(editions[0]!.counts).reduce((total, people) => total + people, 0)
  expect(sum, at).toBe(readers.length)
  expect(mails, at).toBe(deliveries.reduce((total, {mails: count}) => total + count, 0))
}
