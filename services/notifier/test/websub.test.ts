import {rm} from 'node:fs/promises'
import {createServer} from 'node:http'
import {runProgram, until} from '@broadside/testkit'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {site, siteUrl, writeRelease} from './fill-ledger.ts'
import {startBed, startBus, type Bed} from './start-bed.ts'

let nats: Awaited<ReturnType<typeof startBus>>
let bed: Bed
beforeAll(async () => {
  nats = await startBus()
})
afterAll(async () => {
  await nats.stop()
  await rm(nats.folder, {recursive: true, force: true})
})
beforeEach(async () => {
  bed = await startBed(nats)
})
afterEach(() => bed.stop())

const hub = () => `${bed.outside.url}/hub`
const feed = `${siteUrl}feed.xml`
const atom = `${siteUrl}atom.xml`

/** The feeds that the hub was told of, in the order in which it was. */
const pings = () => bed.outside.requests.map(({body}) => new URLSearchParams(body).get('hub.url'))

describe('a release that is live', () => {
  test('is told to the hub, feed by feed, once its feeds have changed', async () => {
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml', '/atom.xml'], hub: hub()})
    const rows = await bed.settled(2)
    expect(rows.map(({state, subject, answer, attempt}) => ({state, subject, answer, attempt}))).toEqual([
      {state: 'done', subject: atom, answer: '204', attempt: 1},
      {state: 'done', subject: feed, answer: '204', attempt: 1},
    ])
    const [first] = bed.outside.requests
    expect(first).toMatchObject({method: 'POST', path: '/hub'})
    expect(first?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(first?.body))).toEqual({
      'hub.mode': 'publish',
      'hub.url': atom,
      'hub.topic': atom,
    })
  })

  test('is told by an event at once, and not only when somebody looks', async () => {
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    await bed.start({sweepMs: 600_000})
    await bed.settled(1, ['done'])
    await writeRelease(bed.ledger, 2, {feeds: ['/atom.xml'], hub: hub()})
    await bed.settled(2, ['done'])
    expect(pings()).toEqual([feed, atom])
  })

  test('is told once, however often its event comes and whoever looks', async () => {
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    await bed.settled(1, ['done'])
    await bed.ledger.db.updateTable('outbox').set({published_at: null, event_id: 'another'}).execute()
    await until('the event has come again', async () => {
      const row = await bed.ledger.db.selectFrom('outbox').select('published_at').executeTakeFirst()
      return row?.published_at
    })
    await bed.start()
    await writeRelease(bed.ledger, 2, {feeds: ['/atom.xml'], hub: hub()})
    await bed.settled(2, ['done'])
    expect(pings()).toEqual([feed, atom])
  })

  test('is told to each hub of the site, whatever the others do', async () => {
    const hubs = ['/a', '/b'].map((path) => `${bed.outside.url}${path}`)
    bed.outside.next({status: 410})
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hubs})
    const rows = await bed.settled(2)
    expect(rows.map(({target}) => target)).toEqual(hubs)
    expect(bed.outside.requests.map(({path}) => path).toSorted()).toEqual(['/a', '/b'])
    expect(rows.map(({state}) => state).toSorted()).toEqual(['done', 'failed'])
  })

  test('has nobody told where the site names no hub, or no feed has changed', async () => {
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml']})
    await writeRelease(bed.ledger, 2, {hub: hub()})
    await writeRelease(bed.ledger, 3, {feeds: ['/atom.xml'], hub: hub()})
    await bed.settled(1, ['done'])
    expect(pings()).toEqual([atom])
  })

  test('tells of feeds as well that a release before it put and did not live to announce', async () => {
    await writeRelease(bed.ledger, 1, {feeds: ['/atom.xml'], hub: hub()})
    await bed.start()
    await bed.settled(1, ['done'])
    await writeRelease(bed.ledger, 2, {feeds: ['/feed.xml'], hub: hub(), isLive: false})
    await writeRelease(bed.ledger, 3, {hub: hub()})
    await bed.settled(2, ['done'])
    expect(pings()).toEqual([atom, feed])
  })
})

describe('a hub that', () => {
  test('answers 500, hangs up or says nothing is asked again until it takes the ping', async () => {
    bed.outside.next({status: 500, body: 'out\r\n of order'}, 'drop', 'stall')
    await bed.start({callMs: 150})
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    const [row] = await bed.settled(1, ['done'])
    expect(row).toMatchObject({attempt: 4, answer: '204'})
    expect(pings()).toEqual([feed, feed, feed, feed])
  })

  test('asks for a pause gets it', async () => {
    bed.outside.next({status: 503, headers: {'retry-after': '120'}, body: 'later'})
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    const row = await until('it waits', async () =>
      (await bed.effects()).find(({attempt, state}) => attempt === 1 && state === 'pending'),
    )
    expect(row.answer).toBe('503 later')
    expect(row.due - Date.now()).toBeGreaterThan(110_000)
  })

  test('refuses is not asked again, and what it said is kept', async () => {
    bed.outside.next({status: 400, body: 'no such\ntopic '.repeat(100)})
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    const [row] = await bed.settled(1, ['failed'])
    expect(row?.answer).toMatch(/^400 no such topic no such topic/)
    expect(row?.answer?.length).toBeLessThan(210)
    expect(pings()).toEqual([feed])
  })

  test('leads elsewhere is not followed', async () => {
    bed.outside.next({status: 307, headers: {location: `${bed.outside.url}/elsewhere`}})
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    const [row] = await bed.settled(1, ['failed'])
    expect(row?.answer).toBe('307: it leads elsewhere')
    expect(bed.outside.requests.map(({path}) => path)).toEqual(['/hub'])
  })

  test('is away for too long is given up', async () => {
    await bed.start({ageMs: 0})
    bed.outside.next({status: 502})
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
    const [row] = await bed.settled(1, ['failed'])
    expect(row?.answer).toBe('gave up: 502')
  })

  test('sends without end is cut off, and its status counts', async () => {
    const endless = createServer((_, response) => {
      response.writeHead(200)
      const more = () => response.write('x'.repeat(65_536), (error) => error ?? more())
      more()
    })
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve))
    const {port} = endless.address() as {port: number}
    await bed.start()
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: `http://127.0.0.1:${port}/`})
    const [row] = await bed.settled(1, ['done'])
    expect(row).toMatchObject({attempt: 1, answer: '200'})
    endless.closeAllConnections()
    await new Promise((resolve) => endless.close(resolve))
  })

  test.each([
    'http://127.0.0.1:PORT/hub',
    'http://localhost:PORT/hub',
    'http://2130706433:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
  ])('is in a private network is not called: %s', async (address) => {
    await bed.start({privateHubs: []})
    const url = address.replace('PORT', new URL(bed.outside.url).port)
    await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: url})
    const [row] = await bed.settled(1, ['failed'])
    expect(row?.answer).toMatch(/ is in a private network$/)
    expect(bed.outside.requests).toEqual([])
  })
})

test('a ping that waits is superseded by that of a newer release', async () => {
  bed.outside.next({status: 500, headers: {'retry-after': '600'}})
  await bed.start()
  await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
  await until('it waits', async () =>
    (await bed.effects()).some(({attempt, state}) => attempt === 1 && state === 'pending'),
  )
  await writeRelease(bed.ledger, 2, {feeds: ['/feed.xml'], hub: hub()})
  const rows = await bed.settled(2)
  expect(rows.map(({version, state}) => [version, state])).toEqual([
    [1, 'superseded'],
    [2, 'done'],
  ])
  expect(pings()).toEqual([feed, feed])
})

test('a hub that says nothing keeps no other hub waiting', async () => {
  const other = `${bed.outside.url.replace('127.0.0.1', 'localhost')}/other`
  bed.outside.next('stall')
  await bed.start({callMs: 20_000, privateHubs: ['127.0.0.1', 'localhost']})
  await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
  await until('the first is asked', () => bed.outside.requests.length === 1)
  await writeRelease(bed.ledger, 2, {feeds: ['/atom.xml'], hub: other})
  await until('the second is done', async () => (await bed.effects()).some(({state}) => state === 'done'))
  expect((await bed.effects()).map(({state}) => state)).toEqual(['claimed', 'done'])
  await bed.outside.close()
})

test('a process that is killed in the middle of a call leaves its row, and the next one goes on', async () => {
  bed.outside.next('stall')
  await writeRelease(bed.ledger, 1, {feeds: ['/feed.xml'], hub: hub()})
  const program = runProgram(new URL('../src/main.ts', import.meta.url), {env: bed.env})
  await until('the hub is called', () => bed.outside.requests.length === 1, {withinMs: 45_000})
  await program.kill()
  expect((await bed.effects()).map(({site: of, state, attempt}) => [of, state, attempt])).toEqual([
    [site, 'claimed', 1],
  ])
  await bed.start({}, 60_000)
  const [row] = await bed.settled(1, ['done'])
  // Whether the first call was heard nobody knows: the hub is told at least once.
  expect(row?.attempt).toBe(2)
  expect(pings()).toEqual([feed, feed])
}, 90_000)
