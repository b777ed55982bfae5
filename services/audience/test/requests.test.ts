import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {countSubscribers, listSubscribers} from '@broadside/ledger'
import {site, startBed, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

const add = (address: string) => bed.ask('subscribers.add', {site, address})

test('an operator adds somebody who is active at once, and a repeat changes nothing', async () => {
  expect(await add('Ann@Readers.example')).toMatchObject({state: 'done', result: {state: 'active', added: true}})
  expect(await add('ann@readers.example')).toMatchObject({state: 'done', result: {state: 'active', added: false}})
  expect(await bed.people()).toEqual(['Ann@readers.example active'])
})

test('an operator cannot bring back who left, and is told so', async () => {
  await add('ann@readers.example')
  await bed.post(`/unsubscribe/${bed.sign({purpose: 'unsubscribe', subscriber: await bed.only()})}`)
  expect(await add('ann@readers.example')).toMatchObject({state: 'failed', kind: 'invalid', code: 'subscriber.left'})
  expect(await add('no address')).toMatchObject({state: 'failed', kind: 'invalid', code: 'address.invalid'})
  expect(await bed.ask('subscribers.add', {site: 'nowhere', address: 'a@b.example'})).toMatchObject({
    code: 'site.unknown',
  })
  expect(await bed.ask('subscribers.add', {})).toMatchObject({kind: 'invalid', code: 'request.malformed'})
})

test('who is removed leaves no address behind, and no import brings them back, but they themselves may', async () => {
  await add('ann@readers.example')
  const removed = await bed.ask('subscribers.erase', {site, address: 'ANN@readers.example'})
  expect(removed).toMatchObject({state: 'done', result: {state: 'erased', erased: true}})
  expect(await bed.state()).not.toContain('readers.example')
  const path = await bed.file('list.csv', 'email\nann@readers.example\n')
  expect(await bed.ask('subscribers.import', {site, path, yes: true})).toMatchObject({
    result: {unchanged: 1, added: {}},
  })
  expect(await bed.state()).not.toContain('readers.example')
  expect(await bed.ask('subscribers.find', {site, address: 'Ann@readers.example'})).toMatchObject({
    result: {state: 'erased'},
  })
  await bed.post('/subscribe', {site, email: 'ann@readers.example'})
  expect(await bed.people()).toEqual(['ann@readers.example pending'])
  expect(await bed.ask('subscribers.erase', {site, address: 'x@readers.example'})).toMatchObject({
    code: 'subscriber.unknown',
  })
})

test('an import without yes tells what it would do and does nothing', async () => {
  await add('known@readers.example')
  const path = await bed.file(
    'list.csv',
    ['email,name,status', 'new@readers.example,New,active', 'known@readers.example,,unsubscribed', 'nonsense,,'].join(
      '\n',
    ),
  )
  const before = await bed.state()
  const told = {rows: 3, added: {active: 1}, changed: {unsubscribed: 1}, unchanged: 0, refused: 1}
  expect(await bed.ask('subscribers.import', {site, path})).toMatchObject({result: {...told, dryRun: true}})
  expect(await bed.state()).toBe(before)
  const done = await bed.ask('subscribers.import', {site, path, yes: true})
  expect(done).toMatchObject({result: {...told, dryRun: false, reasons: [{line: 4, reason: expect.any(String)}]}})
  expect(await bed.people()).toEqual(['known@readers.example unsubscribed', 'new@readers.example active'])
})

test('an import never widens consent, and the same file twice changes nothing more', async () => {
  const old = ['email,status', 'left@readers.example,unsubscribed', 'bounced@readers.example,bounced']
  await bed.ask('subscribers.import', {site, yes: true, path: await bed.file('old.csv', old.join('\n'))})
  const everybody = Array.from({length: 250}, (_, index) => `p${index}@readers.example,active`)
  const text = ['email,status', 'left@readers.example,active', 'bounced@readers.example,active', ...everybody].join(
    '\n',
  )
  const path = await bed.file('new.csv', text)
  const first = await bed.ask('subscribers.import', {site, path, yes: true})
  expect(first).toMatchObject({result: {rows: 252, added: {active: 250}, unchanged: 2, changed: {}}})
  const again = await bed.ask('subscribers.import', {site, path, yes: true})
  expect(again).toMatchObject({result: {rows: 252, added: {}, unchanged: 252}})
  expect(await countSubscribers(bed.ledger.db, site)).toEqual({active: 250, bounced: 1, unsubscribed: 1})
  const bounced: string[] = []
  for await (const {address} of listSubscribers(bed.ledger.db, site, {state: 'bounced'})) bounced.push(address)
  expect(bounced).toEqual(['bounced@readers.example'])
})

test('a person twice in a file is one, the stricter word of theirs holds, and a look tells the same as the import', async () => {
  await add('gone@readers.example')
  await bed.ask('subscribers.erase', {site, address: 'gone@readers.example'})
  const rows = ['a@x.example,active', 'A@x.example,unsubscribed', 'a@x.example,active', 'GONE@readers.example,active']
  const path = await bed.file('twice.csv', ['email,status', ...rows].join('\n'))
  const told = {rows: 4, added: {active: 1}, changed: {unsubscribed: 1}, unchanged: 2}
  expect(await bed.ask('subscribers.import', {site, path})).toMatchObject({result: {...told, dryRun: true}})
  expect(await bed.ask('subscribers.import', {site, path, yes: true})).toMatchObject({result: told})
  expect(await bed.people()).toEqual(['null erased', 'a@x.example unsubscribed'])
})

test('a file that is not there or is no table is refused in words', async () => {
  expect(await bed.ask('subscribers.import', {site, path: '/nowhere/list.csv', yes: true})).toMatchObject({
    kind: 'invalid',
    code: 'subscribers.file',
  })
  const path = await bed.file('other.csv', 'colour,size\nred,1\n')
  expect(await bed.ask('subscribers.import', {site, path, yes: true})).toMatchObject({
    kind: 'invalid',
    code: 'subscribers.header.missing',
  })
})
