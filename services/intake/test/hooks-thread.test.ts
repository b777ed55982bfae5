import {spawnSync} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {ensureSite, openLedger} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createHooksListener, type HooksListener, type HooksListenerOptions} from '../src/create-hooks-listener.ts'
import {createWriteTurn} from '../src/write-turn.ts'
import {gitHubPush, log, secret} from './start-intake.ts'

let home: string
let options: HooksListenerOptions
let listener: HooksListener
const followed: string[] = []
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'broadside-hooks-'))
  const databaseUrl = `sqlite://${home}/ledger.db`
  const ledger = await openLedger(databaseUrl)
  const row = {name: 'notes', remote: '/srv/notes.git', branch: 'main', site_url: 'https://notes.example/'}
  await ensureSite(ledger.db, {...row, audience_url: row.site_url}, {id: 'a', now: 0})
  await ledger.close()
  const env = {BROADSIDE_SITE_NOTES_WEBHOOK_SECRET: secret}
  const follow = (site: string) => void followed.push(site)
  options = {databaseUrl, host: '127.0.0.1', port: 0, log, env, turn: createWriteTurn().shared, follow}
  listener = createHooksListener(options)
  await listener.start()
})
afterAll(async () => {
  await listener.stop()
  await rm(home, {recursive: true, force: true})
})

test('a hook is answered while the thread that works is held up, and followed when it is free again', async () => {
  const {method, headers, body} = gitHubPush('a'.repeat(40))
  const send = `const answer = await fetch(process.argv[1], JSON.parse(process.argv[2])); console.log(answer.status)`
  const init = JSON.stringify({method, headers, body})
  // Nothing else runs in this thread until the answer is there.
  const asked = spawnSync(process.execPath, ['--input-type=module', '-e', send, `${listener.url()}/hooks/notes`, init])
  expect(asked.stdout.toString().trim()).toBe('202')
  expect(followed).toEqual([])
  await until('it is followed', () => followed.length > 0)
  expect(followed).toEqual(['notes'])
})

test('a port that is taken is told as by any other server', async () => {
  const port = Number(new URL(listener.url()).port)
  const second = createHooksListener({...options, port})
  await expect(second.start()).rejects.toMatchObject({kind: 'invalid', code: 'http.port'})
  await second.stop()
})
