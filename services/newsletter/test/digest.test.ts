import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {disarmSending, listEditions, savePreferences} from '@broadside/ledger'
import {lastDigestDue} from '@broadside/subscribers'
import {noRules, type SendingRules} from '../src/pace/sending-rules.ts'
import {addressOf, goLive, idOf, site, subscribe} from './fill-ledger.ts'
import {countsOf, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
let rules: SendingRules = noRules
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed.stop())

test('who reads digests gets the posts of the week in one mail, once it is due, and the others get each', async () => {
  const {ledger} = bed
  await goLive(ledger, 1, {posts: [{id: 'old'}]})
  await subscribe(ledger, 3)
  const preferences = {cadence: 'weekly', timezone: 'Europe/Berlin'} as const
  await ledger.transaction((tx) =>
    savePreferences(tx, site, {id: idOf(2), preferences, cause: 'test', now: Date.now()}),
  )
  await bed.start({rulesOf: () => rules})
  for (const [revision, id] of [
    [2, 'first'],
    [3, 'second'],
  ] as const) {
    await goLive(ledger, revision, {posts: [{id}]})
    await until(async () =>
      (await listEditions(ledger.db)).some(({post, state}) => post === id && state === 'complete'),
    )
  }
  expect(bed.smtp.messages.map(({to}) => to).toSorted()).toEqual([1, 1, 3, 3].map(addressOf))
  const choose = /^Choose what you get:\s+(\S+)/m.exec(bed.smtp.messages[0]!.raw.toString().replaceAll('=\r\n', ''))
  expect(choose?.[1]).toContain('http://127.0.0.1:8081/preferences/test.field-notes.s00000')
  // As if both had come before the newest Monday.
  const due = lastDigestDue('weekly', 'Europe/Berlin', Date.now())
  await ledger.db
    .updateTable('editions')
    .set({frozen_at: due - 1_000})
    .execute()
  await ledger.db.updateTable('timers').set({due}).where('owner', '=', 'newsletter').execute()
  await until(async () => (await listEditions(ledger.db)).some(({digest, state}) => digest && state === 'complete'))
  const digest = (await listEditions(ledger.db)).find((edition) => edition.digest !== null)!
  expect(await countsOf(ledger, digest.id)).toEqual({accepted: 1})
  const mail = bed.smtp.messages.at(-1)!
  expect(mail.to).toBe(addressOf(2))
  const raw = mail.raw.toString()
  expect(raw).toMatch(/^Subject: About \w+, and 1 more\r$/m)
  for (const post of ['first', 'second']) expect(raw).toContain(`http://127.0.0.1:8080/posts/${post}/`)
  expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  expect(bed.smtp.messages).toHaveLength(5)
})

test('digests that are due in a restored copy are held, since the original may have sent them', async () => {
  const {ledger} = bed
  await goLive(ledger, 4, {posts: [{id: 'third'}]})
  await until(async () =>
    (await listEditions(ledger.db)).some(({post, state}) => post === 'third' && state === 'complete'),
  )
  const mails = bed.smtp.messages.length
  await disarmSending(ledger.db, 'this is a copy')
  const due = lastDigestDue('weekly', 'Europe/Berlin', Date.now())
  await ledger.db
    .updateTable('editions')
    .set({frozen_at: due - 1_000})
    .where('post', '=', 'third')
    .execute()
  await ledger.db.deleteFrom('digests').execute()
  await ledger.db.updateTable('timers').set({due}).where('owner', '=', 'newsletter').execute()
  const held = async () =>
    (await listEditions(ledger.db)).find(({digest, state}) => digest !== null && state === 'held')
  await until(held)
  expect(await held()).toMatchObject({reason: 'this is a copy', audience: 1, posts: '["third"]'})
  await bed.ask('arm', {})
  await bed.ask('approve', {site, edition: (await held())!.id})
  await until(() => bed.smtp.messages.length === mails + 1)
  expect(bed.smtp.messages.at(-1)!.to).toBe(addressOf(2))
})

test('a digest with what is still to be written, or to more than may go unasked, waits for a yes', async () => {
  const {ledger} = bed
  await goLive(ledger, 5, {posts: [{id: 'fourth', title: 'The price is TK'}]})
  const fourth = async (state: string) =>
    (await listEditions(ledger.db)).find((edition) => edition.post === 'fourth' && edition.state === state)
  await until(() => fourth('held'))
  await bed.ask('approve', {site, edition: (await fourth('held'))!.id})
  await until(() => fourth('complete'))
  const mails = bed.smtp.messages.length
  const due = lastDigestDue('weekly', 'Europe/Berlin', Date.now())
  await ledger.db
    .updateTable('editions')
    .set({frozen_at: due - 1_000})
    .where('post', '=', 'fourth')
    .execute()
  await ledger.db.deleteFrom('digests').execute()
  await ledger.db.updateTable('timers').set({due}).where('owner', '=', 'newsletter').execute()
  const held = async (reason: string) =>
    (await listEditions(ledger.db)).find((edition) => edition.state === 'held' && edition.reason === reason)
  await until(() => held('it says TK, which marks what is still to be written'))
  const {id} = (await held('it says TK, which marks what is still to be written'))!
  // As if it were the first of this site that goes to anybody.
  rules = {...noRules, askAbove: 0}
  await ledger.db.updateTable('editions').set({audience: 0}).where('frozen_at', 'is not', null).execute()
  await ledger.db.updateTable('editions').set({state: 'freezing', progress_at: 0}).where('id', '=', id).execute()
  await until(() => held('it would go to 1 person, the first time to more than 0'))
  expect(bed.smtp.messages).toHaveLength(mails)
  await bed.ask('approve', {site, edition: id})
  await until(() => bed.smtp.messages.length === mails + 1)
  expect(bed.smtp.messages.at(-1)!.to).toBe(addressOf(2))
})

test('a round of digests is one mailing to ask about, and waits when one of its posts leaves meanwhile', async () => {
  const {ledger} = bed
  rules = noRules
  const come = async (revision: number, id: string) => {
    await goLive(ledger, revision, {posts: [{id}]})
    await until(async () =>
      (await listEditions(ledger.db)).some(({post, state}) => post === id && state === 'complete'),
    )
  }
  await come(6, 'fifth')
  const preferences = {cadence: 'weekly', timezone: 'Europe/Berlin'} as const
  await ledger.transaction((tx) =>
    savePreferences(tx, site, {id: idOf(3), preferences, cause: 'test', now: Date.now()}),
  )
  await come(7, 'sixth')
  rules = {...noRules, askAbove: 1}
  const due = lastDigestDue('weekly', 'Europe/Berlin', Date.now())
  await ledger.db
    .updateTable('editions')
    .set({audience: 0, frozen_at: due - 1_000})
    .where('frozen_at', 'is not', null)
    .execute()
  await ledger.db.deleteFrom('digests').execute()
  await ledger.db.updateTable('timers').set({due}).where('owner', '=', 'newsletter').execute()
  // Person 2 gets both posts and person 3 one, which makes two editions to one person each.
  const inState = async (wanted: string) =>
    (await listEditions(ledger.db)).filter(
      ({digest, state, posts}) => digest !== null && state === wanted && posts?.includes('sixth'),
    )
  await until(async () => (await inState('held')).length === 2)
  const held = await inState('held')
  for (const {reason} of held) expect(reason).toBe('it would go to 2 people, the first time to more than 1')
  bed.smtp.fault({at: 'rcpt', answer: '450 4.2.1 try later', to: addressOf(2)})
  await bed.ask('approve', {site, edition: held[0]!.id})
  await until(async () => (await inState('complete')).length === 1)
  expect(bed.smtp.messages.at(-1)!.to).toBe(addressOf(3))
  await goLive(ledger, 8, {gone: ['fifth']})
  await until(async () => (await inState('paused')).length === 1)
  const [paused] = await inState('paused')
  expect(paused).toMatchObject({reason: 'a post of it left the site'})
  expect(await bed.ask('resume', {edition: paused!.id})).toMatchObject({code: 'edition.post-gone'})
  await bed.ask('cancel', {edition: paused!.id})
  expect(bed.smtp.messages.at(-1)!.to).toBe(addressOf(3))
})
