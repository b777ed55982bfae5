import {mkdtemp, rm} from 'node:fs/promises'
import {DatabaseSync} from 'node:sqlite'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {runProgram} from '@broadside/testkit'
import {openLedger} from './index.ts'

const program = new URL('count-up.fixture.ts', import.meta.url)

let folder: string
let url: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-processes-'))
  url = `sqlite://${folder}/ledger.db`
})
afterEach(() => rm(folder, {recursive: true, force: true}))

describe('of several processes', () => {
  test('that open a new ledger at once, one makes it and all of them work, no write lost', async () => {
    const programs = Array.from({length: 3}, () => runProgram(program, {args: [url, '25']}))
    const exits = await Promise.all(programs.map(({exited}) => exited))
    expect(exits, programs.map(({output}) => output()).join('\n')).toEqual(
      Array.from({length: 3}, () => ({code: 0, signal: null})),
    )
    const ledger = await openLedger(url)
    expect(await ledger.db.selectFrom('facts').select('value').where('name', '=', 'count').execute()).toEqual([
      {value: '75'},
    ])
    await ledger.close()
  })

  test('an older one does not touch what a newer one has made of the ledger', async () => {
    await (await openLedger(url)).close()
    const database = new DatabaseSync(join(folder, 'ledger.db'))
    database.exec('pragma user_version = 9999')
    database.close()
    await expect(openLedger(url)).rejects.toMatchObject({code: 'ledger.newer', kind: 'invalid'})
  })
})

describe('a transaction', () => {
  test('runs by itself: another one, or a statement from outside, waits until it is over', async () => {
    const ledger = await openLedger(url)
    const seen: string[] = []
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const first = ledger.transaction(async (db) => {
      await db.insertInto('facts').values({name: 'a', value: '1'}).execute()
      begun.resolve()
      await gate.promise
      seen.push('first')
      throw new Error('after all not')
    })
    await begun.promise
    const second = ledger.transaction(async (db) => {
      seen.push(`second sees ${(await db.selectFrom('facts').selectAll().execute()).length}`)
    })
    const outside = ledger.db
      .insertInto('facts')
      .values({name: 'b', value: '2'})
      .execute()
      .then(() => seen.push('outside'))
    gate.resolve()
    await expect(first).rejects.toThrow('after all not')
    await Promise.all([second, outside])
    expect(seen).toEqual(['first', 'second sees 0', 'outside'])
    expect(await ledger.db.selectFrom('facts').select('name').execute()).toEqual([{name: 'b'}])
    await ledger.close()
  })

  test('holds the write lock from its first line, so that what it read is still so when it writes', async () => {
    const ledger = await openLedger(url)
    const other = new DatabaseSync(join(folder, 'ledger.db'), {timeout: 0})
    await ledger.transaction(async (db) => {
      await db.selectFrom('facts').selectAll().execute()
      expect(() => other.exec(`insert into facts values ('x', 'y')`)).toThrow('database is locked')
    })
    other.exec(`insert into facts values ('x', 'y')`)
    other.close()
    await ledger.close()
  })
})
