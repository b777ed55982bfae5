import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {
  addLetter,
  findSubscriber,
  keepPushAuthor,
  recordByAddress,
  recordById,
  writeToPushAuthor,
} from '@broadside/ledger'
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
  expect((await findSubscriber(bed.ledger.db, site, 'bob'))?.state).toBe('bounced')
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

describe('the author of a push that failed', () => {
  const author = 'ines@studio.example'
  const fail = async (revision: number, messages: string[]) => {
    await goLive(bed.ledger, revision, {})
    await bed.ledger.transaction(async (tx) => {
      for (const [index, message] of messages.entries()) {
        const place = {file: 'posts/x.md', line: index + 1, column_number: 7, cure: 'Close it.'}
        await tx
          .insertInto('diagnostics')
          .values({site, revision, severity: 'error', code: 'front-matter.syntax', message, ...place})
          .execute()
      }
      await keepPushAuthor(tx, site, revision, author)
      await writeToPushAuthor(tx, site, revision, now())
      await writeToPushAuthor(tx, site, revision, now())
    })
  }

  test('has one mail that says what and where, and the address is forgotten', async () => {
    await bed.start()
    await fail(2, ['A quote is opened <b>and</b> not closed.'])
    await settled('accepted')
    expect(bed.smtp.messages.map(({to}) => to)).toEqual([author])
    const text = bed.smtp.messages[0]!.raw.toString().replaceAll('=\r\n', '')
    expect(text).toContain('Subject: Not all of your push to Field notes is published')
    expect(text).toContain('Auto-Submitted: auto-generated')
    expect(text).toMatch(/posts\/x\.md:1:7\s+A quote is opened <b>and<\/b> not closed\.\s+Close it\./)
    expect(text).toContain('A quote is opened &lt;b&gt;and&lt;/b&gt; not closed.')
    expect(await bed.ledger.db.selectFrom('push_authors').selectAll().execute()).toEqual([])
  })

  test('is tried again as long as the server may take it, and the address is kept for that', async () => {
    bed.smtp.fault({at: 'rcpt', answer: '450 4.2.1 try later', to: author})
    await bed.start({deferMs: 1_200})
    await fail(
      2,
      Array.from({length: 30}, (_, index) => `Problem ${index}.`),
    )
    await settled('deferred')
    expect(await bed.ledger.db.selectFrom('push_authors').selectAll().execute()).toHaveLength(1)
    await settled('accepted')
    const text = bed.smtp.messages[0]!.raw.toString()
    expect(text).toContain('Problem 19.')
    expect(text).not.toContain('Problem 20.')
  })
})

test('a letter goes before the rest of an edition', async () => {
  await subscribe(bed.ledger, 40)
  const rest = Promise.withResolvers<void>()
  bed.smtp.fault({at: 'dot', answer: '250 2.0.0 queued', after: rest.promise})
  await bed.start({}, {connections: 1})
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  await until(() => bed.smtp.messages.length === 1)
  await signUp()
  await bed.addLetterJob('letter-ann')
  await until(() => bed.begun.includes('letter.submit'))
  rest.resolve()
  await settled('accepted')
  await bed.edition('complete')
  const order = bed.smtp.messages.map(({to}) => to)
  expect(order).toHaveLength(41)
  expect(order.indexOf('ann@readers.example')).toBeLessThan(39)
})
