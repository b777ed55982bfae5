import {afterAll, afterEach, beforeAll, beforeEach, expect, test, vi} from 'vitest'
import {createReturnPaths} from '@broadside/bounces'
import {addLetter, deliveryCounts, findSubscriber, listEditions, openEnd, recordByAddress} from '@broadside/ledger'
import {parseAddress} from '@broadside/subscribers'
import {noRules, type SendingRules} from '../src/pace/sending-rules.ts'
import {addressOf, goLive, site, subscribe, tokenKeys} from './fill-ledger.ts'
import {countsOf, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
let rules: SendingRules = noRules
let revision = 1

// One bed for all: each test has an edition of its own, and what it waits for is over before the next.
beforeAll(async () => {
  bed = await startBed()
  await goLive(bed.ledger, revision, {})
  await subscribe(bed.ledger, 120)
  const returnPaths = createReturnPaths({template: '*@bounces.example', keys: tokenKeys})
  await bed.start({rulesOf: () => rules, deferMs: 50, takeOverMs: 300, returnPaths})
})
afterAll(() => bed.stop())
beforeEach(() => {
  rules = noRules
})
afterEach(async () => {
  await until(async () =>
    (await listEditions(bed.ledger.db)).every(({state}) => !['freezing', 'sending'].includes(state)),
  )
})

const news = async (id: string) => {
  revision += 1
  await goLive(bed.ledger, revision, {posts: [{id}]})
}
const edition = async (post: string, state: string) => {
  const find = async () => (await listEditions(bed.ledger.db)).find((one) => one.post === post && one.state === state)
  await until(find)
  return (await find())!
}

test('an edition waits so that it can be taken back, and leaves by itself after that', async () => {
  rules = {...noRules, undoMs: 3_600_000}
  await news('undone')
  const held = await edition('undone', 'held')
  expect(held.reason).toMatch(/^leaves 20.*Z unless it is cancelled$/)
  await bed.ask('cancel', {edition: held.id})
  rules = {...noRules, undoMs: 300}
  await news('waited')
  const {id} = await edition('waited', 'complete')
  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 120})
  expect((await edition('undone', 'cancelled')).audience).toBeNull()
})

test('the first edition to many waits for a yes, and the next one does not', async () => {
  await bed.ledger.db.updateTable('editions').set({audience: 1}).where('audience', 'is not', null).execute()
  rules = {...noRules, askAbove: 100}
  await news('large')
  const held = await edition('large', 'held')
  expect(held.reason).toBe('it would go to 120 people, the first time to more than 100')
  await bed.ask('approve', {edition: held.id})
  await edition('large', 'complete')
  await news('larger')
  await edition('larger', 'complete')
})

test('a domain is written to no faster than it may be', async () => {
  rules = {...noRules, domainMs: new Map([['readers.example', 10]])}
  const startedAt = performance.now()
  await news('slowly')
  const {id} = await edition('slowly', 'complete')
  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 120})
  expect(performance.now() - startedAt).toBeGreaterThan(900)
})

test('in test mode all of it goes to one address, and nobody can be unsubscribed by it', async () => {
  const before = bed.smtp.messages.length
  rules = {...noRules, testTo: 'owner@studio.example'}
  await news('tested')
  const {id} = await edition('tested', 'complete')
  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 120})
  const sent = bed.smtp.messages.slice(before)
  expect(new Set(sent.map(({to}) => to))).toEqual(new Set(['owner@studio.example']))
  expect(sent[0]?.raw.toString()).toContain('To: owner@studio.example')
  expect(sent[0]?.raw.toString()).not.toContain('unsubscribe/test.')
})

test('in test mode a letter goes there as well, and what becomes of it says nothing of who signed up', async () => {
  rules = {...noRules, testTo: 'owner@studio.example'}
  const {db} = bed.ledger
  const signUp = async (newId: string) => {
    const address = parseAddress(`${newId}@readers.example`)
    const told = {event: 'signed-up', cause: 'test', now: Date.now()} as const
    await recordByAddress(db, site, {address, newId, ...told})
    await addLetter(db, {site, id: `letter-${newId}`, kind: 'confirmation', subscriber: newId}, Date.now())
    await bed.addLetterJob(`letter-${newId}`)
    const letter = () => db.selectFrom('letters').select('state').where('id', '=', `letter-${newId}`).executeTakeFirst()
    await until(async () => ['accepted', 'failed'].includes((await letter())?.state ?? ''))
    return (await letter())?.state
  }
  expect(await signUp('ann')).toBe('accepted')
  const {from, to, raw} = bed.smtp.messages.at(-1)!
  expect([from, to]).toEqual(['notes@field-notes.example', 'owner@studio.example'])
  expect(raw.toString()).toContain('To: owner@studio.example')
  expect(raw.toString()).toContain('/confirm/of-a-test')
  bed.smtp.fault({at: 'rcpt', answer: '550 5.1.1 unknown', to: 'owner@studio.example'})
  expect(await signUp('bob')).toBe('failed')
  expect((await findSubscriber(db, site, 'bob'))?.state).toBe('pending')
})

test('a mail with what is still to be written waits for a yes, which lets it go as it is', async () => {
  revision += 1
  const path = 'posts/chart.png'
  const chart = {site, path, folded_path: path, hash: 'c'.repeat(64), size: 2_000_000}
  const versions = {from_revision: revision, to_revision: openEnd}
  await bed.ledger.db
    .insertInto('asset_versions')
    .values({...chart, ...versions})
    .execute()
  await goLive(bed.ledger, revision, {posts: [{id: 'unfinished', body: 'The price is TK.\n\n![A chart](chart.png)'}]})
  const held = await edition('unfinished', 'held')
  expect(held.reason).toBe('it says TK, which marks what is still to be written')
  const preview = (await bed.ask('preview', {site: 'field-notes', post: 'unfinished'})) as {findings: {code: string}[]}
  expect(preview.findings.map(({code}) => code)).toEqual(['preflight.placeholder', 'preflight.images'])
  await bed.ask('approve', {edition: held.id})
  await edition('unfinished', 'complete')
})

test('a share gets it first, and the others get nothing when that goes badly', async () => {
  rules = {...noRules, canary: {percent: 10, waitMs: 50}}
  for (let person = 1; person <= 120; person += 1) {
    bed.smtp.fault({at: 'rcpt', answer: '550 5.1.1 unknown', to: addressOf(person)})
  }
  await news('canary')
  const {id, reason} = await edition('canary', 'paused')
  expect(reason).toBe('of the first 12 mails 12 were turned away')
  expect(await deliveryCounts(bed.ledger.db, id)).toMatchObject({failed: 12, pending: 108})
  rules = noRules
  await bed.ask('cancel', {edition: id})
})
