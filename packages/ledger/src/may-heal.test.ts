import {mkdtemp, rm} from 'node:fs/promises'
import {DatabaseSync} from 'node:sqlite'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import {expect, onTestFinished, test} from 'vitest'
import {mayHeal} from './may-heal.ts'

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a ledger that somebody else holds may heal, and a statement that breaks a rule of it may not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-heal-'))
  const [holder, other] = [1, 2].map(() => new DatabaseSync(join(folder, 'ledger.db'), {timeout: 0}))
  onTestFinished(async () => {
    for (const database of [holder!, other!]) database.close()
    await rm(folder, {recursive: true})
  })
  holder!.exec('create table facts (name text primary key) strict; insert into facts values (1)')
  const insert = () => other!.exec('insert into facts values (1)')
  expect(mayHeal(thrown(insert))).toBe(false)
  expect(mayHeal(thrown(() => other!.exec('insert into nowhere values (1)')))).toBe(false)
  holder!.exec('begin immediate')
  expect(mayHeal(thrown(insert))).toBe(true)
})

test('of our own errors those may heal that say so', () => {
  const of = (kind: 'transient' | 'throttled' | 'invalid' | 'uncertain') => new BroadsideError(kind, 'a.b', 'c')
  expect([of('transient'), of('throttled'), of('invalid'), of('uncertain'), new Error('x'), null].map(mayHeal)).toEqual(
    [true, true, false, false, false, false],
  )
})
