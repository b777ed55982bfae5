import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {deliveryCounts, ensureSite, listEditions, recordById} from '@broadside/ledger'
import {addressOf, goLive, idOf, site, subscribe} from './fill-ledger.ts'
import {countsOf, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
  await goLive(bed.ledger, 1, {posts: [{id: 'old'}, {id: 'older'}]})
})
afterEach(() => bed.stop())

const once = (addresses: string[]) => new Map(addresses.map((address) => [address, 1]))

describe('an edition', () => {
  test('reaches 200 subscribers once each, and the sum of its states is its audience at every look', async () => {
    const people = await subscribe(bed.ledger, 200)
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    const looks: boolean[] = []
    await until(async () => {
      const [edition] = await listEditions(bed.ledger.db)
      if (edition === undefined) return false
      const {audience, counts} = await bed.ledger.transaction(async (tx) => ({
        audience: (await listEditions(tx))[0]!.audience ?? 0,
        counts: await deliveryCounts(tx, edition.id),
      }))
      looks.push(Object.values(counts).reduce((sum, count) => sum + count, 0) === audience)
      return edition.state === 'complete'
    })
    const edition = await bed.edition('complete')
    expect(new Set(looks)).toEqual(new Set([true]))
    expect(edition).toMatchObject({audience: 200, subject: 'About news', reason: null})
    expect(await countsOf(bed.ledger, edition.id)).toEqual({accepted: 200})
    expect(new Map([...bed.received()].toSorted())).toEqual(new Map([...once(people)].toSorted()))
    const outbox = await bed.ledger.db.selectFrom('outbox').select('body').where('source', '=', 'newsletter').execute()
    expect(outbox.map(({body}) => (JSON.parse(body) as {data: unknown}).data)).toEqual([
      {site, edition: edition.id, post: 'news', counts: await deliveryCounts(bed.ledger.db, edition.id)},
    ])
  })

  test('says who it is from, what list it is of and how to leave', async () => {
    await subscribe(bed.ledger, 1)
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'news', newsletter: {subject: 'Grüße vom Feld'}}]})
    await bed.edition('complete')
    const raw = bed.smtp.messages[0]!.raw.toString()
    expect(raw).toMatch(/^From: "?Field notes"? <notes@field-notes\.example>\r$/m)
    expect(raw).toContain('To: person-1@readers.example')
    expect(raw).toMatch(/^List-Id: "?Field notes"? <field-notes\.127\.0\.0\.1>\r$/m)
    expect(raw).toMatch(
      /List-Unsubscribe: <http:\/\/127\.0\.0\.1:8081\/unsubscribe\/test\.field-notes\.s000001\.0\.[\w-]+>/,
    )
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    expect(raw).toContain('http://127.0.0.1:8080/posts/news/')
  })

  test('is not opened by the first import', async () => {
    await subscribe(bed.ledger, 3)
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    await bed.edition('complete')
    expect((await listEditions(bed.ledger.db)).map(({post}) => post)).toEqual(['news'])
  })

  test('is opened for posts of revisions that no release of their own had, and once ever', async () => {
    await subscribe(bed.ledger, 2)
    await bed.ledger.db.updateTable('sites').set({first_revision: 1}).execute()
    await goLive(bed.ledger, 2, {posts: [{id: 'first'}]})
    await goLive(bed.ledger, 3, {posts: [{id: 'second'}]})
    await bed.start()
    await until(async () => (await listEditions(bed.ledger.db)).filter(({state}) => state === 'complete').length === 2)
    await goLive(bed.ledger, 4, {gone: ['first']})
    await goLive(bed.ledger, 5, {posts: [{id: 'third', newsletter: {send: false}}]})
    await goLive(bed.ledger, 6, {posts: [{id: 'fourth'}]})
    await until(async () => (await listEditions(bed.ledger.db)).some(({post}) => post === 'fourth'))
    await until(async () => (await listEditions(bed.ledger.db)).filter(({state}) => state === 'complete').length === 3)
    expect((await listEditions(bed.ledger.db)).map(({post}) => post).toSorted()).toEqual(['first', 'fourth', 'second'])
    expect(bed.smtp.messages).toHaveLength(6)
  })

  test('without anybody to write to is complete at once', async () => {
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    expect(await bed.edition('complete')).toMatchObject({audience: 0})
  })
})

describe('what needs a decision', () => {
  test('two posts of one push wait for a yes each, and go when they get it', async () => {
    await subscribe(bed.ledger, 3)
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'one'}, {id: 'two'}]})
    await until(async () => (await listEditions(bed.ledger.db)).length === 2)
    expect((await listEditions(bed.ledger.db)).map(({state, reason}) => `${state}: ${reason}`)).toEqual([
      'held: 2 posts became live in one push',
      'held: 2 posts became live in one push',
    ])
    await bed.ask('approve', {edition: 'posts/one.md'})
    const edition = await bed.edition('complete')
    expect(edition.post).toBe('one')
    expect(await bed.ask('cancel', {site, edition: 'two'})).toMatchObject({state: 'cancelled'})
    expect(await bed.ask('approve', {edition: '/posts/two/'})).toMatchObject({state: 'failed', code: 'edition.state'})
    expect(await bed.ask('cancel', {edition: edition.id.slice(0, 6)})).toMatchObject({code: 'edition.state'})
    expect(await bed.ask('approve', {edition: 'nothing'})).toMatchObject({kind: 'invalid', code: 'edition.unknown'})
    expect(bed.smtp.messages).toHaveLength(3)
  })

  test('an old post and a release that is not proven are held', async () => {
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'dusty', daysOld: 30}]})
    expect(await bed.edition('held')).toMatchObject({post: 'dusty', reason: 'it is dated 30 days back'})
    await goLive(bed.ledger, 3, {posts: [{id: 'fresh'}], proof: 'unproven'})
    await until(async () => (await listEditions(bed.ledger.db)).length === 2)
    const fresh = (await listEditions(bed.ledger.db)).find(({post}) => post === 'fresh')
    expect(fresh).toMatchObject({state: 'held', reason: 'its release could not be proven'})
  })

  test('a sender at a domain that the operator does not allow holds the edition', async () => {
    await bed.start({fromDomains: ['field-notes.example']})
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}], newsletter: {from: 'Boss <boss@bank.example>'}})
    expect((await bed.edition('held')).reason).toContain('may not write from bank.example')
  })

  test('links that cannot be made pause the edition, and write nobody off', async () => {
    await subscribe(bed.ledger, 3)
    await bed.ledger.db.updateTable('sites').set({audience_url: 'nowhere'}).execute()
    await bed.start()
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    const {id, reason} = await bed.edition('paused')
    expect(reason).toContain('Invalid URL')
    await bed.ledger.db.updateTable('sites').set({audience_url: 'http://127.0.0.1:8081/'}).execute()
    await bed.ask('resume', {edition: id})
    expect(await countsOf(bed.ledger, (await bed.edition('complete')).id)).toEqual({accepted: 3})
  })

  test('when the post leaves the site the unsent rest waits, and an approval is refused', async () => {
    await subscribe(bed.ledger, 2)
    bed.smtp.fault({at: 'rcpt', answer: '450 4.2.1 later', times: 100, to: addressOf(2)})
    await bed.start({deferMs: 60_000})
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    const {id} = await bed.edition('sending')
    await until(async () => (await countsOf(bed.ledger, id))['deferred'] === 1)
    await goLive(bed.ledger, 3, {gone: ['news']})
    expect(await bed.edition('paused')).toMatchObject({reason: 'its post left the site'})
    expect(await bed.ask('resume', {edition: id})).toMatchObject({code: 'edition.post-gone'})
  })
})

test('one site that cannot be announced does not keep another waiting', async () => {
  await subscribe(bed.ledger, 1)
  const urls = {remote: '/r', branch: 'main', site_url: 'http://a.example/', audience_url: 'http://a.example/'}
  await ensureSite(bed.ledger.db, {name: 'a-broken-one', ...urls}, {id: 'a', now: 0})
  const live = {state: 'done', wave: 4, attempt: 1, planned: 0, uploaded: 0, removed: 0, unchanged: 0, live_at: 1}
  const rest = {proof: 'objects', trouble: null, opened_at: 1, progress_at: 1, proving_at: 1, done_at: 1}
  await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
  await bed.ledger.db
    .insertInto('releases')
    .values({site: 'a-broken-one', number: 1, revision: 99, ...live, ...rest})
    .execute()
  const post = await bed.ledger.db.selectFrom('posts').selectAll().where('id', '=', 'news').executeTakeFirstOrThrow()
  const version = await bed.ledger.db
    .selectFrom('post_versions')
    .selectAll()
    .where('id', '=', 'news')
    .executeTakeFirst()
  await bed.ledger.db
    .insertInto('posts')
    .values({...post, site: 'a-broken-one'})
    .execute()
  await bed.ledger.db
    .insertInto('post_versions')
    .values({...version!, site: 'a-broken-one'})
    .execute()
  await bed.ledger.db.updateTable('sites').set({first_revision: 1}).execute()
  await bed.start()
  expect(await bed.edition('complete')).toMatchObject({site, audience: 1})
})

describe('the audience', () => {
  test('is who was active at the boundary and still is at the last look', async () => {
    await subscribe(bed.ledger, 30)
    const gone = Promise.withResolvers<void>()
    bed.smtp.fault({at: 'dot', answer: '250 2.0.0 queued', after: gone.promise})
    await bed.start({partSize: 5, lanes: 1}, {connections: 1})
    await bed.ledger.transaction((tx) =>
      recordById(tx, site, {id: idOf(30), event: 'unsubscribed', cause: 'test', now: Date.now()}),
    )
    await goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
    await until(() => bed.smtp.messages.length === 1)
    const sent = new Set(bed.received().keys())
    const leaving = Array.from({length: 29}, (_, index) => index + 1)
      .filter((n) => !sent.has(addressOf(n)))
      .slice(-5)
    await bed.ledger.transaction(async (tx) => {
      for (const person of leaving) {
        await recordById(tx, site, {id: idOf(person), event: 'unsubscribed', cause: 'test', now: Date.now()})
      }
    })
    gone.resolve()
    const {id, audience} = await bed.edition('complete')
    expect(audience).toBe(29)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 24, excluded: 5})
    expect([...bed.received().keys()].filter((to) => leaving.map(addressOf).includes(to))).toEqual([])
  })
})
