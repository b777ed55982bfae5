import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {findInstallation} from './find-installation.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'broadside home '))
})
afterEach(() => rm(home, {recursive: true, force: true}))

const find = (env: Record<string, string>) => findInstallation({env: {BROADSIDE_HOME: home, ...env}, cwd: '/'})
const write = (name: string, text = '') => writeFile(join(home, name), text)

test('DATABASE_URL comes first, then run.json, then a ledger in the home folder', async () => {
  await write('ledger.db')
  const inHome = find({}).ledgerUrl
  expect(inHome).toBe(`sqlite://${home.replaceAll(' ', '%20')}/ledger.db`)
  await write('running.db')
  const running = `sqlite://${home}/running.db`
  await write('run.json', JSON.stringify({ledgerUrl: running, consoleUrl: 'http://127.0.0.1:4002/'}))
  expect(find({})).toEqual({ledgerUrl: running, consoleUrl: 'http://127.0.0.1:4002/'})
  await write('given.db')
  expect(find({DATABASE_URL: `sqlite://${home}/given.db`}).ledgerUrl).toBe(`sqlite://${home}/given.db`)
})

test('a run.json that cannot be read says nothing', async () => {
  await write('ledger.db')
  for (const text of ['', '{', 'null', '[]', '{"ledgerUrl": 3}']) {
    await write('run.json', text)
    expect(find({}).ledgerUrl).toContain('/ledger.db')
  }
})

test('where there is no ledger, none is made, and it is said how to get one', () => {
  const refused = expect.objectContaining({code: 'cli.no-ledger', hint: expect.stringContaining('npm start')})
  expect(() => find({})).toThrow(refused)
  expect(() => find({DATABASE_URL: `sqlite://${home}/none.db`})).toThrow(refused)
})
