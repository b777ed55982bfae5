import {afterEach, beforeEach, expect, test} from 'vitest'
import {findEdition, moveEdition, openEdition, openLedger, recordByAddress, type Ledger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {carryCanary} from './carry-canary.ts'
import type {Newsletter} from './newsletter.ts'
import {noRules} from './pace/sending-rules.ts'

const site = 'notes'
const people = 100
let ledger: Ledger
let now = 1_000

beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  await ledger.transaction(async (tx) => {
    const about = {id: 'e1', site, post: 'p1', revision: 1, release: 1, reason: null, subject: 'News'} as const
    await openEdition(tx, {...about, state: 'sending'}, now)
    await moveEdition(tx, 'e1', ['sending'], {audience: people, frozen_at: now})
    for (let person = 0; person < people; person += 1) {
      const newId = `s${String(person).padStart(3, '0')}`
      const told = {event: 'vouched', cause: 'test', now} as const
      await recordByAddress(tx, site, {address: parseAddress(`${newId}@readers.example`), newId, ...told})
      const row = {edition: 'e1', subscriber: newId, state: 'pending', attempt: 0, next_at: now, changed_at: now}
      await tx.insertInto('deliveries').values(row).execute()
    }
  })
})
afterEach(() => ledger.close())

/** The parts of a newsletter that a canary has to do with. */
const look = async () => {
  const log = createLogger({service: 'test', level: 'silent'})
  const deps = {ledger, clock: {now: () => now}, log}
  const options = {rulesOf: () => ({...noRules, canary: {percent: 10, waitMs: 500}})}
  return carryCanary({deps, options} as unknown as Newsletter, (await findEdition(ledger.db, 'e1'))!)
}
const share = async (set: {state: string; next_at?: number}, count: number) => {
  const first = ledger.db.selectFrom('deliveries').select('subscriber').where('first_share', '=', 1)
  const some = first.where('state', '=', 'pending').orderBy('subscriber').limit(count)
  await ledger.db.updateTable('deliveries').set(set).where('subscriber', 'in', some).execute()
}

test('a first share of which some still wait for their lane is not judged', async () => {
  expect(await look()).toBe(true)
  await share({state: 'accepted'}, 1)
  await share({state: 'pending', next_at: now + 10_000}, 9)
  for (const _ of [1, 2]) {
    expect(await look()).toBe(false)
    now += 1_000
    expect((await findEdition(ledger.db, 'e1'))!.canary_at).toBeNull()
  }
  now += 10_000
  expect(await look()).toBe(true)
  await share({state: 'failed'}, 9)
  expect(await look()).toBe(false)
  now += 500
  expect(await look()).toBe(false)
  expect(await findEdition(ledger.db, 'e1')).toMatchObject({
    state: 'paused',
    reason: 'of the first 10 mails 9 were turned away',
  })
})

test('who was put off has answered, is asked again meanwhile, and counts in the end', async () => {
  await look()
  await share({state: 'deferred', next_at: now + 200}, 1)
  await share({state: 'accepted'}, 9)
  expect(await look()).toBe(false)
  now += 200
  expect(await look()).toBe(true)
  await ledger.db.updateTable('deliveries').set({state: 'accepted'}).where('state', '=', 'deferred').execute()
  now += 300
  expect(await look()).toBe(true)
  expect(await findEdition(ledger.db, 'e1')).toMatchObject({state: 'sending', canary_at: 0, reason: null})
})
