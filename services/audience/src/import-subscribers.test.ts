import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {countSubscribers, openLedger, type Ledger} from '@broadside/ledger'
import {createTokens} from '@broadside/subscribers'
import {importSubscribers} from './import-subscribers.ts'

const site = 'notes'
const tokens = createTokens({keys: [{id: 'k', secret: new Uint8Array(32).fill(1)}]})
let ledger: Ledger
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-import-'))
  ledger = await openLedger('sqlite::memory:')
})
afterEach(async () => {
  await ledger.close()
  await rm(folder, {recursive: true, force: true})
})

async function bringIn(statusOf: (row: number) => string): Promise<{writes: number; unchanged: number}> {
  let writes = 0
  const counted: Ledger = {
    ...ledger,
    transaction(work) {
      writes += 1
      return ledger.transaction(work)
    },
  }
  const rows = Array.from({length: 2_200}, (_, row) => `p${row}@readers.example,${statusOf(row)}`)
  const path = join(folder, 'list.csv')
  await writeFile(path, ['email,status', ...rows, ''].join('\n'))
  const clock = {now: () => 1}
  const {unchanged} = await importSubscribers({ledger: counted, tokens, clock}, {site, path, yes: true})
  return {writes, unchanged}
}

test('the same file again keeps nobody from writing, and what is new in it comes in all the same', async () => {
  expect(await bringIn(() => 'active')).toEqual({writes: 5, unchanged: 0})
  expect(await bringIn(() => 'active')).toEqual({writes: 1, unchanged: 2_200})
  const left = await bringIn((row) => (row === 1_700 ? 'unsubscribed' : 'active'))
  expect(left).toEqual({writes: 3, unchanged: 2_199})
  expect(await countSubscribers(ledger.db, site)).toMatchObject({active: 2_199, unsubscribed: 1})
})
