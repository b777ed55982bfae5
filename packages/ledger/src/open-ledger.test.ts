import {readdirSync} from 'node:fs'
import {expect, test} from 'vitest'
import {ensureSite, listSites, openLedger} from './index.ts'

const site = {
  name: 'notes',
  remote: '/repo',
  branch: 'main',
  site_url: 'https://notes.example/',
  audience_url: 'https://mail.example/',
}

test('a ledger in memory has the whole schema, and is nobody else’s', async () => {
  const one = await openLedger('sqlite::memory:')
  const other = await openLedger('sqlite::memory:')
  await one.transaction((db) => ensureSite(db, site, {id: 'a', now: 1}))
  expect((await listSites(one.db)).map(({name}) => name)).toEqual(['notes'])
  expect(await listSites(other.db)).toEqual([])
  await one.close()
  await other.close()
})

test('whoever asks it a great deal, even in one transaction, lets timers have their turn', async () => {
  const ledger = await openLedger('sqlite::memory:')
  let isDue = false
  setTimeout(() => (isDue = true), 0)
  await ledger.transaction(async (db) => {
    for (let asked = 0; asked < 50_000 && !isDue; asked += 1) await listSites(db)
  })
  expect(isDue).toBe(true)
  await ledger.close()
})

test('any other address is refused with the form that works', async () => {
  await expect(openLedger('postgres://host/db')).rejects.toMatchObject({
    code: 'ledger.url',
    kind: 'invalid',
    hint: expect.stringContaining('sqlite:///'),
  })
})

test('every migration has a number of its own, and none is left out', () => {
  const numbers = readdirSync(new URL('../migrations/', import.meta.url))
    .filter((name) => name.endsWith('.sql'))
    .map((name) => Number.parseInt(name, 10))
    .toSorted((left, right) => left - right)
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})
