import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {BroadsideError, createLogger} from '@broadside/runtime'
import {until} from '@broadside/testkit'
import {
  askOnce,
  isAsked,
  openLedger,
  openRequest,
  requestOutcome,
  serveRequests,
  type Ledger,
  type RequestHandler,
} from './index.ts'

let ledger: Ledger
const stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await ledger.close()
})

async function serve(handlers: Record<string, RequestHandler>, service = 'publisher'): Promise<void> {
  const log = createLogger({service, level: 'error'})
  const served = serveRequests({ledger, service, handlers, log, clock: {now: () => 7}, everyMs: 5})
  await served.start()
  stops.push(() => served.stop())
}

const ask = (kind: string, payload: unknown, service = 'publisher') =>
  openRequest(ledger.db, {service, kind, payload, now: 1})

const settled = (id: number) =>
  until('the request is settled', async () => {
    const outcome = await requestOutcome(ledger.db, id)
    return outcome.state !== 'open' && outcome
  })

describe('a request', () => {
  test('is carried out by its service alone, with its payload, and answered with what came of it', async () => {
    const other = await ask('add', {a: 1, b: 1}, 'newsletter')
    const id = await ask('add', {a: 2, b: 3})
    await serve({add: async (payload, {id: given}) => ({...(payload as object), given})})
    expect(await settled(id)).toEqual({state: 'done', result: {a: 2, b: 3, given: id}})
    expect(await requestOutcome(ledger.db, other)).toEqual({state: 'open'})
  })

  test('that gives nothing is answered with null', async () => {
    const id = await ask('nothing', {})
    await serve({nothing: async () => undefined})
    expect(await settled(id)).toEqual({state: 'done', result: null})
  })

  test('that finds the ledger held by others stays open, and is carried out when it is free', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broadside-busy-'))
    const [other, impatient] = [0, 1].map((timeout) => new DatabaseSync(join(folder, 'held.db'), {timeout}))
    other!.exec('begin immediate')
    let tries = 0
    const write = async () => {
      tries += 1
      if (tries === 2) other!.exec('rollback')
      impatient!.exec('begin immediate; rollback')
      return tries
    }
    const id = await ask('write', {})
    await serve({write})
    expect(await settled(id)).toEqual({state: 'done', result: 2})
    for (const database of [other, impatient]) database!.close()
    await rm(folder, {recursive: true})
  })

  test('that is asked once is shared while it is open and for as long as its answer counts', async () => {
    const asked = {service: 'intake', kind: 'refill', payload: {site: 'a', revision: 2}}
    const once = (since: number) => askOnce(ledger, {...asked, now: 5, since})
    expect(await isAsked(ledger.db, asked)).toBe(false)
    const [{id, settledAt}, ...others] = await Promise.all([once(5), once(5), once(5)])
    expect(settledAt).toBeNull()
    expect(others.map((other) => other.id)).toEqual([id, id])
    expect(await isAsked(ledger.db, asked)).toBe(true)
    expect(await isAsked(ledger.db, {...asked, payload: {site: 'b', revision: 2}})).toBe(false)
    await serve({refill: async () => 'done'}, 'intake')
    await settled(id)
    expect(await isAsked(ledger.db, asked)).toBe(false)
    expect(await once(7)).toEqual({id, settledAt: 7})
    expect((await once(8)).id).toBeGreaterThan(id)
  })

  test('is carried out in turn, the oldest first', async () => {
    const done: unknown[] = []
    const ids = [await ask('note', 1), await ask('note', 2), await ask('note', 3)]
    await serve({note: async (payload) => void done.push(payload)})
    await settled(ids[2]!)
    expect(done).toEqual([1, 2, 3])
  })

  test('that cannot work fails with kind, code and reason', async () => {
    const id = await ask('fail', {})
    await serve({
      fail: async () => {
        throw new BroadsideError('invalid', 'site.unknown', 'there is no site "x"', {hint: 'Look at broadside status'})
      },
    })
    expect(await settled(id)).toEqual({
      state: 'failed',
      kind: 'invalid',
      code: 'site.unknown',
      message: 'there is no site "x". Look at broadside status',
    })
  })

  test('that nobody knows fails, and does not stop the next one', async () => {
    const unknown = await ask('dance', {})
    const next = await ask('sing', {})
    await serve({sing: async () => 'la'})
    expect(await settled(unknown)).toMatchObject({state: 'failed', code: 'request.unknown'})
    expect(await settled(next)).toEqual({state: 'done', result: 'la'})
  })

  test('whose error may heal stays open and is tried again', async () => {
    let tries = 0
    const id = await ask('heal', {})
    await serve({
      heal: async () => {
        tries += 1
        if (tries < 3) throw new BroadsideError('transient', 'ledger.unavailable', 'not now')
        return tries
      },
    })
    expect(await settled(id)).toEqual({state: 'done', result: 3})
  })
})
