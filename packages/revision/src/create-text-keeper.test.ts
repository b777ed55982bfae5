import {createHash} from 'node:crypto'
import {expect, test} from 'vitest'
import {openLedger, type Ledger} from '@broadside/ledger'
import {createTextKeeper} from './create-text-keeper.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

async function textsIn({db}: Ledger): Promise<string[]> {
  const rows = await db.selectFrom('texts').selectAll().execute()
  expect(rows.map(({hash}) => hash)).toEqual(rows.map(({body}) => hashOf(body)))
  return rows.map(({body}) => body).toSorted()
}

test('texts are kept as they are, whatever their size and however many are given at once', async () => {
  const ledger = await openLedger('sqlite::memory:')
  const keeper = createTextKeeper(ledger.db)
  const many = Array.from({length: 70}, (_, n) => `${n} `.padEnd(100_000, 'é'))
  const texts = ['', '\uFEFFa byte order mark', ...many, 'x'.repeat(4_500_000)]
  await Promise.all(texts.map((text) => keeper.keep(hashOf(text), Buffer.from(text))))
  await keeper.keep(hashOf(''), Buffer.from(''))
  await keeper.flush()
  expect(await textsIn(ledger)).toEqual(texts.toSorted())
  await ledger.close()
})

test('what is not much waits for the rest, and is known meanwhile', async () => {
  const ledger = await openLedger('sqlite::memory:')
  const keeper = createTextKeeper(ledger.db)
  await keeper.keep(hashOf('a'), Buffer.from('a'))
  expect(keeper.has(hashOf('a'))).toBe(true)
  expect(await textsIn(ledger)).toEqual([])
  await keeper.flush()
  await keeper.flush()
  expect(await textsIn(ledger)).toEqual(['a'])
  await ledger.close()
})
