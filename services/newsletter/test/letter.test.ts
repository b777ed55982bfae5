import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {addLetter, recordByAddress, recordById} from '@broadside/ledger'
import {createTokens, parseAddress} from '@broadside/subscribers'
import {goLive, site, subscribe, tokenKeys} from './fill-ledger.ts'
import {startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
  await goLive(bed.ledger, 1, {})
})
afterEach(() => bed.stop())

const now = () => Date.now()
const told = () => ({cause: 'test', now: now()})

/** Signs somebody up as audience does, without a job: the sweep has to find the letter. */
async function signUp(newId = 'ann', email = 'ann@readers.example'): Promise<void> {
  await bed.ledger.transaction(async (tx) => {
    await recordByAddress(tx, site, {address: parseAddress(email), newId, event: 'signed-up', ...told()})
    await addLetter(tx, {site, id: `letter-${newId}`, kind: 'confirmation', subscriber: newId}, now())
  })
}

const letter = () => bed.ledger.db.selectFrom('letters').selectAll().executeTakeFirstOrThrow()

async function settled(state: string): Promise<string | null> {
  await until(async () => (await letter()).state === state)
  return (await letter()).reply
}

test('a sign-up is answered by a mail with a link that confirms it', async () => {
  await bed.start()
  await signUp()
  await settled('accepted')
  expect(bed.smtp.messages.map(({to}) => to)).toEqual(['ann@readers.example'])
  const text = bed.smtp.messages[0]!.raw.toString().replaceAll('=\r\n', '')
  const token = /\/confirm\/([\w.-]+)/.exec(text)?.[1] ?? ''
  const tokens = createTokens({keys: tokenKeys})
  expect(tokens.verify(token, 'confirm', new Date())).toEqual({site, subscriber: 'ann'})
  expect(text).not.toContain('List-Unsubscribe')
})

test('a letter is tried again after a 4xx, and not after a 5xx', async () => {
  bed.smtp.fault({at: 'rcpt', answer: '450 4.2.1 try later', to: 'ann@readers.example'})
  await bed.start({deferMs: 120})
  await signUp()
  await settled('accepted')
  expect(bed.smtp.messages).toHaveLength(1)
  bed.smtp.fault({at: 'rcpt', answer: '550 5.1.1 no such user', to: 'bob@readers.example', times: 5})
  await signUp('bob', 'bob@readers.example')
  await until(async () => {
    const row = await bed.ledger.db.selectFrom('letters').select('state').where('id', '=', 'letter-bob').execute()
    return row[0]?.state === 'failed'
  })
  expect(bed.smtp.messages).toHaveLength(1)
})

test('a letter whose answer was lost is uncertain and not sent again', async () => {
  bed.smtp.fault({at: 'dot', answer: 'drop'})
  await bed.start()
  await signUp()
  await settled('uncertain')
  expect(bed.smtp.messages).toHaveLength(1)
})

test('a sender that the site may not use keeps nobody waiting: the letter comes from the operator', async () => {
  await goLive(bed.ledger, 2, {newsletter: {from: 'boss@bank.example', replyTo: 'not an address'}})
  await bed.start({fromDomains: ['field-notes.example']})
  await signUp()
  await settled('accepted')
  expect(bed.smtp.messages[0]!.from).toBe('notes@field-notes.example')
})

test('who confirmed or left meanwhile gets no letter', async () => {
  await signUp()
  await bed.ledger.transaction((tx) => recordById(tx, site, {id: 'ann', event: 'unsubscribed', ...told()}))
  await bed.start()
  expect(await settled('excluded')).toBe('is unsubscribed now')
  expect(bed.smtp.messages).toHaveLength(0)
})

test('a letter goes before the rest of an edition', async () => {
  await subscribe(bed.ledger, 150)
  await bed.start({}, {connections: 1})
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  await until(() => bed.smtp.messages.length >= 3)
  await signUp()
  await bed.addLetterJob('letter-ann')
  await settled('accepted')
  await bed.edition('complete')
  const order = bed.smtp.messages.map(({to}) => to)
  expect(order).toHaveLength(151)
  expect(order.indexOf('ann@readers.example')).toBeLessThan(149)
})
