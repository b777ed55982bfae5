import {
  disarmSending,
  findSubscriber,
  hasOpenDelivery,
  listEditions,
  moveEdition,
  openLedger,
  recordById,
} from '@broadside/ledger'
import PostalMime from 'postal-mime'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {addressOf, goLive, idOf, site, subscribe} from './fill-ledger.ts'
import {countsOf, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
  await goLive(bed.ledger, 1, {posts: [{id: 'old', title: 'An old one'}]})
})
afterEach(() => bed.stop())

test('those who failed get their mail once it is put right, and nobody else gets another', async () => {
  await subscribe(bed.ledger, 4)
  bed.smtp.fault({at: 'rcpt', answer: '552 5.2.2 mailbox full', to: addressOf(2)})
  bed.smtp.fault({at: 'rcpt', answer: '550 5.1.1 no such user', to: addressOf(4)})
  await bed.start()
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  const {id} = await bed.edition('complete')
  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 2, failed: 2})
  // Nobody is there: no more mail of any kind, not even that which somebody asks for.
  expect((await findSubscriber(bed.ledger.db, site, idOf(4)))?.state).toBe('bounced')
  expect((await findSubscriber(bed.ledger.db, site, idOf(2)))?.state).toBe('active')

  // Another newsletter completes an edition in which nobody waits, also between two steps of this one.
  const other = await openLedger(bed.env['DATABASE_URL']!)
  bed.beforeWrite = async () => {
    if (!(await hasOpenDelivery(other.db, id))) await moveEdition(other.db, id, ['sending'], {state: 'complete'})
  }
  expect(await bed.ask('retry', {edition: id})).toMatchObject({people: 2})
  await until(async () => (await countsOf(bed.ledger, id))['accepted'] === 3)
  await bed.edition('complete')
  bed.beforeWrite = async () => {}
  await other.close()
  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 3, excluded: 1})
  expect([...bed.received().values()]).toEqual([1, 1, 1])
  expect(await bed.ask('retry', {edition: id})).toMatchObject({people: 0, state: 'complete'})
})

test('an uncertain delivery counts as accepted, or is sent again, when somebody says so and not before', async () => {
  await subscribe(bed.ledger, 2)
  bed.smtp.fault({at: 'dot', answer: 'drop', to: addressOf(1)})
  bed.smtp.fault({at: 'dot', answer: 'drop', to: addressOf(2)})
  await bed.start()
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  const {id} = await bed.edition('complete')
  expect(await countsOf(bed.ledger, id)).toEqual({uncertain: 2})
  expect(bed.smtp.messages).toHaveLength(2)

  expect(await bed.ask('resolve', {edition: id, as: 'resend'})).toMatchObject({people: 2})
  await until(async () => (await countsOf(bed.ledger, id))['accepted'] === 2)
  expect([...bed.received().values()]).toEqual([2, 2])

  bed.smtp.fault({at: 'dot', answer: 'drop', to: addressOf(1)})
  await goLive(bed.ledger, 3, {posts: [{id: 'more'}]})
  await until(async () => bed.smtp.messages.length === 6)
  const more = (await listEditions(bed.ledger.db)).find(({post}) => post === 'more')!.id
  await until(async () => (await countsOf(bed.ledger, more))['uncertain'] === 1)
  const answer = await bed.ask('resolve', {edition: more, as: 'accepted'})
  expect(answer).toMatchObject({people: 1, counts: {accepted: 2, uncertain: 0}})
  expect(bed.smtp.messages).toHaveLength(6)
})

test('a preview shows the mail and sends nothing; a test mail goes to one address and opens no edition', async () => {
  await subscribe(bed.ledger, 2)
  await bed.start()
  const shown = (await bed.ask('preview', {site, post: 'old'})) as Record<string, string>
  expect(shown).toMatchObject({subject: 'An old one', text: expect.stringContaining('worth a mail')})
  expect(shown['html']).toContain('<strong')
  expect(bed.smtp.messages).toHaveLength(0)

  expect(await bed.ask('test', {site, post: 'posts/old.md', to: 'me@studio.example'})).toMatchObject({
    subject: 'An old one',
  })
  expect(bed.smtp.messages.map(({to}) => to)).toEqual(['me@studio.example'])
  expect(Buffer.from(bed.smtp.messages[0]!.raw).toString()).toContain('Subject: [Test] An old one')
  expect(await bed.ledger.db.selectFrom('editions').selectAll().execute()).toEqual([])
})

test('where sending is disarmed no test mail leaves either', async () => {
  await disarmSending(bed.ledger.db, 'restored from a backup')
  await bed.start()
  const asked = {site, post: 'old', to: 'me@studio.example'}
  expect(await bed.ask('test', asked)).toMatchObject({code: 'sending.disarmed'})
  expect(bed.smtp.messages).toHaveLength(0)
  await bed.ask('arm', {})
  expect(await bed.ask('test', asked)).toMatchObject({subject: 'An old one'})
})

test('a post that was there before is mailed by hand, once', async () => {
  await subscribe(bed.ledger, 2)
  await bed.start()
  expect(await bed.ask('send', {site, post: '/posts/old/'})).toMatchObject({subject: 'An old one'})
  await bed.edition('complete')
  expect([...bed.received().values()]).toEqual([1, 1])
  const html = async ({raw}: {raw: Uint8Array}) => (await PostalMime.parse(raw)).html ?? ''
  expect((await Promise.all(bed.smtp.messages.map(html))).join('')).not.toMatch(/\/[co]\/|<img/)
  expect(await bed.ask('send', {site, post: 'old'})).toMatchObject({code: 'edition.exists'})
  expect(await bed.ask('send', {site, post: 'none'})).toMatchObject({code: 'post.unknown'})
  expect(bed.smtp.messages).toHaveLength(2)

  // Where the site asks for it, what is counted is the same in everybody's mail; a preview counts nobody.
  const newsletter = {countOpens: true, countClicks: true}
  await goLive(bed.ledger, 2, {posts: [{id: 'counted'}], newsletter})
  await until(() => bed.smtp.messages.length === 4)
  const counted = await Promise.all(bed.smtp.messages.slice(2).map(html))
  const [one, two] = counted.map((text) => text.match(/http:\/\/127\.0\.0\.1:8081\/[co]\/[^"]+/g))
  expect(one).toHaveLength(4)
  expect(one).toEqual(two)
  const preview = (await bed.ask('preview', {site, post: 'counted'})) as {html: string}
  expect(preview.html).not.toMatch(/\/[co]\/|<img/)
})

test('a correction goes once, in the thread of their own mail, to those who got the first and are still there', async () => {
  await subscribe(bed.ledger, 4)
  bed.smtp.fault({at: 'rcpt', answer: '552 5.2.2 mailbox full', to: addressOf(2)})
  await bed.start({mailFrom: 'first@field-notes.example'})
  const news = {site, post: 'news', correction: true}
  await goLive(bed.ledger, 2, {posts: [{id: 'news', body: 'On *Tuesday*.'}]})
  expect(await bed.ask('send', {...news, post: 'old', note: 'x'})).toMatchObject({code: 'edition.nothing-to-correct'})
  const first = await bed.edition('complete')
  const headersOf = (to: string) =>
    bed.smtp.messages.filter((one) => one.to === to).map(({raw}) => Buffer.from(raw).toString().split('\r\n\r\n')[0]!)
  const [, firstId] = /^Message-ID: (<[^>]+>)/m.exec(headersOf(addressOf(1))[0]!)!

  expect(await bed.ask('send', news)).toMatchObject({code: 'edition.nothing-to-correct'})
  await recordById(bed.ledger.db, site, {id: idOf(3), event: 'unsubscribed', cause: 'test', now: Date.now()})
  await goLive(bed.ledger, 3, {
    posts: [{id: 'news', body: 'On *Wednesday*.'}],
    newsletter: {from: 'second@elsewhere.example'},
  })
  const shown = (await bed.ask('preview', {...news, note: 'It is a day later.'})) as Record<string, string>
  expect(shown['text']).toMatch(/Correction of the mail of .* 20\d\d\. It is a day\s+later\.\n\nOn Wednesday/)
  const {edition: id} = (await bed.ask('send', {...news, note: 'It is a day later.'})) as {edition: string}
  expect(await bed.ask('send', news)).toMatchObject({edition: id})
  await until(async () => (await listEditions(bed.ledger.db)).every(({state}) => state === 'complete'))

  expect(await countsOf(bed.ledger, id)).toEqual({accepted: 2, excluded: 2})
  expect([...bed.received()]).toEqual(
    [addressOf(1), addressOf(3), addressOf(4)].map((to, at) => [to, at === 1 ? 1 : 2]),
  )
  const [, second] = headersOf(addressOf(1))
  expect(second).toContain('\r\nSubject: Correction: About news\r\n')
  expect(second).toContain(`\r\nIn-Reply-To: ${firstId}\r\nReferences: ${firstId}\r\n`)
  expect(second).toContain('<second@elsewhere.example>')
  const excluded = bed.ledger.db.selectFrom('deliveries').select(['subscriber', 'reply']).where('edition', '=', id)
  expect(await excluded.where('state', '=', 'excluded').execute()).toEqual([
    {subscriber: idOf(2), reply: 'did not get the mail that is corrected'},
    {subscriber: idOf(3), reply: 'is unsubscribed now'},
  ])
  const outbox = bed.ledger.db.selectFrom('outbox').select('body').where('subject', 'like', '%.edition.completed')
  const told = (await outbox.execute()).map(({body}) => (JSON.parse(body) as {data: object}).data)
  expect(told).toContainEqual(expect.objectContaining({edition: id, post: 'news'}))
  // It is no edition of the post: that stays the one it had.
  expect(first.id).not.toBe(id)
  expect(await bed.ask('send', {site, post: 'news'})).toMatchObject({code: 'edition.exists'})
})
