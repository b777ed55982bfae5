import {openLedger, type Ledger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {createTravelClock, type TravelClock} from '@broadside/testkit'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createHintFollower, type HintFollower} from './follow-hints.ts'
import {createDeliveryKeeper} from './keep-deliveries.ts'

const log = createLogger({service: 'test', level: 'silent', pretty: false})
const [first, second] = ['a'.repeat(40), 'b'.repeat(40)]

let ledger: Ledger
let hints: HintFollower
let clock: TravelClock
/** What the mirror has, and what every look does. */
let known: Set<string>
let advance: (site: string) => Promise<undefined>
let looks: string[]

beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  clock = createTravelClock()
  known = new Set()
  looks = []
  advance = async () => undefined
  hints = createHintFollower({
    ledger,
    clock,
    log,
    intake: {
      knows: async (_site, commit) => known.has(commit),
      advance(site) {
        looks.push(site)
        return advance(site)
      },
    },
  })
})
afterEach(() => ledger.close())

async function hint(commit: string, site = 'notes'): Promise<void> {
  await createDeliveryKeeper(ledger)({
    site,
    forge: 'github',
    delivery: commit,
    bodyHash: commit,
    commit,
    now: clock.now(),
  })
}

async function open(): Promise<string[]> {
  const rows = await ledger.db.selectFrom('hints').select('commit_id').where('closed_at', 'is', null).execute()
  return rows.map(({commit_id: commit}) => String(commit))
}

async function sweepAfter(ms: number): Promise<void> {
  clock.travelTo(clock.now() + ms)
  await hints.sweep(100)
  await hints.settle()
}

test('a hint is closed by the look that found its commit', async () => {
  await hint(first)
  known.add(first)
  await hints.follow('notes')
  expect([looks, await open()]).toEqual([['notes'], []])
})

test('a commit that the remote does not have yet is looked for again, more and more slowly', async () => {
  await hint(first)
  await hints.follow('notes')
  expect(await open()).toEqual([first])
  await sweepAfter(110)
  expect(looks).toHaveLength(1)
  await sweepAfter(4_000)
  expect(looks).toHaveLength(2)
  known.add(first)
  await sweepAfter(10_000)
  expect([looks.length, await open()]).toEqual([3, []])
})

test('a commit that never comes, since another was pushed over it, is given up after a minute', async () => {
  await hint(first)
  await hints.follow('notes')
  await sweepAfter(61_000)
  expect([looks.length, await open()]).toEqual([2, []])
})

test('a hint that comes during a look is followed by another look, one for all of them', async () => {
  const gate = Promise.withResolvers<undefined>()
  advance = () => gate.promise
  known.add(first).add(second)
  await hint(first)
  const one = hints.follow('notes')
  await hint(second)
  const others = [hints.follow('notes'), hints.follow('notes'), hints.follow('notes')]
  gate.resolve(undefined)
  await Promise.all([one, ...others])
  expect([looks.length, await open()]).toEqual([2, []])
})

test('a remote that fails keeps its hints open, and holds up no other site', async () => {
  advance = async (site) => {
    if (site === 'notes') throw new Error('the remote is away')
    return undefined
  }
  known.add(first)
  await hint(first)
  await hint(first, 'others')
  await sweepAfter(1_000)
  expect([looks.toSorted(), await open()]).toEqual([['notes', 'others'], [first]])
  advance = async () => undefined
  await sweepAfter(60_000)
  expect(await open()).toEqual([])
})
