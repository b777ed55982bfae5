import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openLedger} from '@broadside/ledger'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {runCli, type Told} from './test-cli.ts'
import {createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'

let installed: TestInstallation
let other: string
let file: string
beforeEach(async () => {
  installed = await createInstallation()
  other = await mkdtemp(join(tmpdir(), 'broadside-restored-'))
  file = join(other, 'copy.db')
  await writeFile(join(installed.home, 'token-key'), 'a2V5\n')
  await installed.push({'posts/one.md': post('One')})
})
afterEach(async () => {
  await installed.close()
  await rm(other, {recursive: true, force: true})
})

const cli = (home: string, ...argv: string[]): Promise<Told> =>
  runCli(argv, {env: {BROADSIDE_HOME: home}, cwd: home, patienceMs: 200})

test('a copy is whole while others write, for its owner alone, and begins again elsewhere with its key', async () => {
  const backup = await installed.ledger.transaction(async (db) => {
    // Somebody is in the middle of a write: what is not committed is not in the copy.
    await db.updateTable('sites').set({site_url: 'https://half-written.example/'}).execute()
    return cli(installed.home, 'backup', file)
  })
  expect(backup).toMatchObject({code: 0, err: ''})
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await cli(installed.home, 'backup', file)).toMatchObject({code: 2})
  await installed.push({'posts/two.md': post('Two')})

  const restored = await cli(other, 'restore', file)
  expect(restored).toMatchObject({code: 0})
  expect(restored.err).toContain('Nothing is mailed until: broadside arm')
  expect(await readFile(join(other, 'token-key'), 'utf8')).toBe('a2V5\n')
  const ledger = await openLedger(`sqlite://${join(other, 'ledger.db')}`)
  const {db} = ledger
  expect((await db.selectFrom('revisions').select('number').execute()).map(({number}) => number)).toEqual([1])
  expect((await db.selectFrom('sites').selectAll().execute()).map(({name, site_url: url}) => [name, url])).toEqual([
    [siteName, 'https://notes.example/blog/'],
  ])
  const facts = await db.selectFrom('facts').select('value').execute()
  expect(facts.map(({value}) => value).join(), 'the key is not left in the ledger').not.toContain('a2V5')
  await ledger.close()
  expect((await cli(other, 'status')).err).toContain('nothing is mailed until broadside arm: restored from a backup of')
})

test('nothing that is there is lost by a restore, and nothing but a backup is restored', async () => {
  await cli(installed.home, 'backup', file)
  const home = installed.home
  expect((await cli(home, 'restore', file)).err).toContain('--over puts it aside')
  await writeFile(join(other, 'other.db'), 'not a ledger')
  expect(await cli(home, 'restore', join(other, 'other.db'), '--over')).toMatchObject({code: 2})
  expect(await cli(home, 'restore', join(home, 'ledger.db'), '--over'), 'a ledger that is no backup').toMatchObject({
    code: 2,
  })
  await writeFile(join(home, 'run.json'), JSON.stringify({pid: process.pid}))
  expect((await cli(home, 'restore', file, '--over')).err).toContain('Broadside runs')
  await rm(join(home, 'run.json'))

  await installed.push({'posts/two.md': post('Two')})
  expect(await cli(home, 'restore', file, '--over')).toMatchObject({code: 0})
  const aside = await openLedger(`sqlite://${join(home, 'ledger.db.before-restore')}`)
  expect((await aside.db.selectFrom('revisions').select('number').execute()).length).toBe(2)
  await aside.close()
})

test('arm asks newsletter', async () => {
  expect(await cli(installed.home, 'arm')).toMatchObject({code: 75})
})
