import {dkimRecord, newDkimKey, readDkimKey} from '@broadside/smtp'
import {dkimVerify} from 'mailauth/lib/dkim/verify.js'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createSigners} from '../src/index.ts'
import {goLive, idOf, site, subscribe} from './fill-ledger.ts'
import {returnPaths} from './reports-bed.ts'
import {startBed, type Bed} from './start-bed.ts'

let bed: Bed
let env: Record<string, string>
beforeAll(async () => {
  bed = await startBed()
  await goLive(bed.ledger, 1, {posts: [{id: 'old'}]})
  env = {
    BROADSIDE_SITE_FIELD_NOTES_DKIM_KEY: await newDkimKey(),
    BROADSIDE_SITE_FIELD_NOTES_DKIM_DOMAIN: 'field-notes.example',
    BROADSIDE_SITE_FIELD_NOTES_DKIM_SELECTOR: 's2026',
  }
})
afterAll(() => bed.stop())

test('every mail of an edition reaches the server with a signature that another implementation verifies', async () => {
  expect(site).toBe('field-notes')
  await subscribe(bed.ledger, 3)
  await bed.start({signerOf: createSigners(env), returnPaths})
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  await bed.edition('complete')
  expect(bed.smtp.messages).toHaveLength(3)

  const key = readDkimKey({
    pem: env['BROADSIDE_SITE_FIELD_NOTES_DKIM_KEY']!,
    domain: 'field-notes.example',
    selector: 's2026',
  })
  const record = dkimRecord(key)
  const resolver = async (name: string) => (name === record.name ? [[record.text]] : [])
  for (const {raw} of bed.smtp.messages) {
    const {results} = await dkimVerify(Buffer.from(raw), {resolver})
    expect(results.map(({status}) => status.result)).toEqual(['pass'])
  }
})

test('each of them comes back to an address that names it, and so does a request to leave', async () => {
  const {id} = await bed.edition('complete')
  for (const {from, to, raw} of bed.smtp.messages) {
    const reference = {kind: 'edition', id, subscriber: idOf(Number(/\d+/.exec(to)?.[0]))}
    expect(returnPaths.read(from)).toEqual({purpose: 'bounce', reference})
    expect(returnPaths.find(raw.toString())).toEqual([{purpose: 'leave', reference}])
  }
})

test('a key that cannot sign is told at once, by the name of its variable', () => {
  const wrong = {...env, BROADSIDE_SITE_FIELD_NOTES_DKIM_KEY: 'not a key'}
  expect(() => createSigners(wrong)(site)).toThrow(expect.objectContaining({code: 'dkim.key'}))
  const {BROADSIDE_SITE_FIELD_NOTES_DKIM_SELECTOR: _, ...without} = env
  expect(() => createSigners(without)(site)).toThrow(/BROADSIDE_SITE_FIELD_NOTES_DKIM_SELECTOR/)
  expect(createSigners({})(site)).toBeUndefined()
})
