import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {openObjects, type Objects} from '@broadside/objects'
import {newDkimKey} from '@broadside/smtp'
import {openLedger, type Ledger} from '@broadside/ledger'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {checkHooks} from './check-hooks.ts'
import {checkObjects} from './check-objects.ts'
import {mailSetup} from './mail-setup.ts'

let folder: string
let objects: Objects
let ledger: Ledger
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-doctor-'))
  objects = await openObjects(pathToFileURL(folder).href)
  ledger = await openLedger('sqlite::memory:')
})
afterAll(async () => {
  await objects.close()
  await ledger.close()
  await rm(folder, {recursive: true, force: true})
})

describe('objects', () => {
  const filesIn = async () => (await readdir(folder, {recursive: true})).filter((path) => path.includes('doctor-'))

  test('that do what they are asked to are good, and nothing stays there', async () => {
    // A folder takes no conditions.
    expect((await checkObjects(objects, 'notes')).state).toBe('unsure')
    expect((await checkObjects({...objects, capabilities: {conditionalPut: true}}, 'notes')).state).toBe('good')
    expect(await filesIn()).toEqual([])
  })

  test.each<[string, Partial<Objects>, string]>([
    [
      'drop headers',
      {put: (key, body, _, options) => objects.put(key, body, {contentType: 'text/plain', cacheControl: ''}, options)},
      'does not keep headers',
    ],
    [
      'give old bytes',
      {put: (key, _, headers, options) => objects.put(key, Buffer.from('old'), headers, options)},
      'does not give what was written',
    ],
    ['keep what is removed', {delete: async () => {}}, 'still has what was removed'],
    ['refuse', {put: () => Promise.reject(new Error('Access Denied'))}, 'cannot be written'],
    ['let nobody read', {get: () => Promise.reject(new Error('Access Denied'))}, 'cannot be read'],
  ])('that %s are bad', async (_, changed, told) => {
    const found = await checkObjects({...objects, ...changed}, 'notes')
    expect(found).toMatchObject({state: 'bad', message: expect.stringContaining(told) as string})
    expect(found.advice).toBeDefined()
  })
})

describe('webhooks', () => {
  const url = new URL('https://mail.notes.example/hooks/notes')
  const answered = (status: number, code: string) => async () => Response.json({code}, {status})
  const verified = {forge: 'github', at: Date.parse('2026-11-20T12:00:00Z')}
  const none = {verified: undefined, refusedAt: undefined}

  test.each([
    [405, 'hook.method', 'good'],
    [404, 'site.unknown', 'bad'],
    [405, 'of.somebody', 'bad'],
    [301, '', 'bad'],
  ])('an endpoint that answers %i %s is %s', async (status, code, state) => {
    const [endpoint] = await checkHooks({url, hasSecret: true, record: none}, answered(status, code))
    expect(endpoint).toMatchObject({about: 'webhooks', state})
  })

  test.each([
    ['was never there', none, 'unsure', 'none was ever verified'],
    [
      'was verified',
      {verified, refusedAt: verified.at - 1},
      'good',
      'verified at 2026-11-20T12:00:00.000Z, from github',
    ],
    ['was refused', {verified, refusedAt: verified.at + 1}, 'unsure', 'refused at 2026-11-20T12:00:00.001Z'],
  ])('the last one that %s is told with its time', async (_, record, state, message) => {
    const [, last] = await checkHooks({url, hasSecret: false, record}, answered(405, 'hook.method'))
    expect(last).toMatchObject({state, message: expect.stringContaining(message) as string})
  })
})

describe('the way of mails', async () => {
  const key = await newDkimKey()
  const env = {MAIL_FROM: 'Notes <us@Notes.example>', SMTP_URL: 'smtp://mx.example:587'}
  const setupOf = (more: Record<string, string>) => mailSetup(ledger.db, 'notes', {...env, ...more})

  test('is read as newsletter reads it: where mails come back, and the mail server of the site alone', async () => {
    const own = {RETURN_PATH: 'bounces+*@back.example', BROADSIDE_SITE_NOTES_SMTP_URL: 'smtps://a:b@own.example'}
    const setup = {fromDomain: 'notes.example', returnDomain: undefined, dkim: undefined, smtpHost: 'mx.example'}
    expect(await setupOf({})).toEqual({setup, findings: []})
    expect((await setupOf(own)).setup).toEqual({...setup, returnDomain: 'back.example', smtpHost: 'own.example'})
    expect((await setupOf({SMTP_URL: 'ses://eu-west-1'})).setup?.smtpHost).toBeUndefined()
  })

  test.each([
    ['a key without its domain and selector', {DKIM_KEY: key}, 'DKIM_KEY needs BROADSIDE_SITE_NOTES_DKIM_DOMAIN'],
    ['a key that is none', {DKIM_KEY: 'x', DKIM_DOMAIN: 'notes.example', DKIM_SELECTOR: 's'}, 'newsletter refuses it'],
  ])('with %s is told as what newsletter refuses', async (_, given, message) => {
    const named = Object.fromEntries(
      Object.entries(given).map(([name, text]) => [`BROADSIDE_SITE_NOTES_${name}`, text]),
    )
    const {findings} = await setupOf(named)
    expect(findings).toMatchObject([{state: 'bad', message: expect.stringContaining(message) as string}])
  })

  test('of a site that says no sender is a finding, and others are told all the same', async () => {
    const {setup, findings} = await setupOf({MAIL_FROM: ''})
    expect(setup).toBeUndefined()
    expect(findings).toMatchObject([{about: 'sender', state: 'bad'}])
  })
})
