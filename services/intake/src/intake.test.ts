import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, openLedger} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {createLogger, systemClock} from '@broadside/runtime'
import {createRepo} from '@broadside/testkit'
import {expect, onTestFinished, test} from 'vitest'
import {createIntakeCore} from './intake.ts'

const site = {name: 'notes', branch: 'main', site_url: 'https://notes.example/', audience_url: 'https://mail.example/'}

test('who closes it waits for all that was asked for, the previews that follow a site among it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'broadside-intake-'))
  const repo = await createRepo(home)
  await repo.write({'broadside.yaml': 'title: Notes\n'})
  await repo.commit('first')
  await repo.push()
  await repo.push({branch: 'draft'})
  const ledger = await openLedger('sqlite::memory:')
  const objects = await openObjects(pathToFileURL(join(home, 'objects')).href)
  onTestFinished(async () => {
    await ledger.close()
    await objects.close()
    await rm(home, {recursive: true, force: true})
  })
  await ensureSite(ledger.db, {...site, remote: repo.remote}, {id: 'site-id', now: 0})
  await ledger.db.updateTable('sites').set({preview_pattern: 'draft'}).execute()
  const log = createLogger({service: 'test', level: 'silent', pretty: false})
  const images = createImagePool({size: 1})
  const deps = {ledger, bus: {nudge() {}}, objects, images, mirrorsDir: join(home, 'mirrors'), clock: systemClock, log}
  const intake = createIntakeCore(deps, () => ({}))

  let isOver = false
  const asked = intake.advance('notes').finally(() => (isOver = true))
  await intake.close()
  expect(isOver).toBe(true)
  expect((await asked)?.number).toBe(1)
  const accepted = await ledger.db.selectFrom('revisions').select('site').distinct().execute()
  expect(accepted).toHaveLength(2)
})
