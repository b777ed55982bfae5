import {Readable} from 'node:stream'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {readSubscribers} from './read-subscribers.ts'
import type {ExportRow} from './subscriber-row.ts'
import {writeSubscribers} from './write-subscribers.ts'

const read = (text: string | Uint8Array, chunkBytes = 7) =>
  collect(readSubscribers(chunksOf(Buffer.from(text), chunkBytes)))

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return await Readable.from(items).toArray()
}

function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const statuses = async (csv: string) =>
  (await read(csv)).map((row) => (row.reason === undefined ? row.status : 'refused'))

describe('readSubscribers', () => {
  test('reads addresses, names, dates and lines', async () => {
    const csv =
      'Email,Name,Created At\nann@example.org,Ann,2021-03-04 12:34:56\n\nbob@Example.org,"Bob\nB.",\ncat@example.org,,3/4/2021\n'
    expect(await read(csv)).toEqual([
      {line: 2, address: 'ann@example.org', name: 'Ann', status: 'active', createdAt: '2021-03-04T12:34:56.000Z'},
      {line: 4, address: 'bob@example.org', name: 'Bob B.', status: 'active'},
      {line: 6, address: 'cat@example.org', status: 'active'},
    ])
  })

  test('tells the line of rows with CRLF ends and line ends in cells', async () => {
    const csv = 'email,name\r\n"a@x.org","A\r\nA"\r\n\r\nnope,\r\nb@x.org,B'
    expect((await read(csv)).map((row) => row.line)).toEqual([2, 5, 6])
  })

  test.each([
    ['semicolons', 'name;email\nA, a comma;a@x.org'],
    ['tabs', 'name\temail\nA, a comma\ta@x.org'],
    ['quoted commas', 'email,"name, first; last"\na@x.org,"A, a comma"'],
    ['a byte order mark', '\ufeffemail;name\na@x.org;A'],
    ['old line ends', 'email,name\ra@x.org,A\r'],
    ['shouting headers', 'E-MAIL ADDRESS,FULL_NAME\na@x.org,A'],
  ])('reads %s', async (_, csv) => {
    expect(await read(csv)).toMatchObject([{address: 'a@x.org', status: 'active'}])
  })

  test('reads UTF-16 as Excel writes it', async () => {
    const csv = Buffer.from('\ufeffemail\tname\r\na@x.org\tÄnn\r\n', 'utf16le')
    expect(await read(csv, 3)).toEqual([{line: 2, address: 'a@x.org', name: 'Änn', status: 'active'}])
    expect(await read(csv.swap16(), 5)).toMatchObject([{name: 'Änn'}])
  })

  test('reads a bare list with and without a header', async () => {
    expect((await read('a@x.org\nb@x.org')).map((row) => row.address)).toEqual(['a@x.org', 'b@x.org'])
    expect((await read('email\na@x.org\n')).map((row) => row.address)).toEqual(['a@x.org'])
    expect(await read('')).toEqual([])
  })

  test('refuses a row that is no good and goes on', async () => {
    const rows = await read('email,name\nnope,N\na@x.org,A\n,E\nb@x.org,B,unsubscribed\n"x\ny@z.org",\n')
    expect(rows.map((row) => [row.line, row.reason === undefined, row.address])).toEqual([
      [2, false, undefined],
      [3, true, 'a@x.org'],
      [4, false, undefined],
      [5, false, undefined],
      [6, false, undefined],
    ])
  })

  test('refuses rows of several cells under no header, since one of them may say no', async () => {
    await expect(read('a@x.org,unsubscribed\n')).rejects.toMatchObject({
      code: 'subscribers.header.missing',
      kind: 'invalid',
    })
  })

  test('a quote that is never closed is told with its line, in bounded memory', async () => {
    const csv = `email,name\na@x.org,"A\n${'b@x.org,B\n'.repeat(100_000)}`
    await expect(read(csv, 65536)).rejects.toMatchObject({code: 'subscribers.file.invalid'})
  })

  test('stops reading when the reader stops', async () => {
    let read = 0
    const endless = async function* () {
      yield Buffer.from('email\n')
      for (;;) yield Buffer.from(`a${read++}@x.org\n`)
    }
    for await (const row of readSubscribers(endless())) {
      if (row.line > 10) break
    }
    expect(read).toBeLessThan(20_000)
  })
})

describe('consent in the files of others', () => {
  test.each([
    [
      'Ghost',
      'id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels\n1,a@x.org,A,,true,false,,2021-01-01T00:00:00.000Z,,\n2,b@x.org,B,,false,false,,2021-01-01T00:00:00.000Z,,\n3,c@x.org,C,,true,,,,2022-01-01T00:00:00.000Z,',
      ['active', 'unsubscribed', 'unsubscribed'],
    ],
    [
      'Substack',
      'email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\na@x.org,false,,other,false,2021-01-01T00:00:00.000Z,\nb@x.org,true,,yearly,true,2021-01-01T00:00:00.000Z,',
      ['active', 'unsubscribed'],
    ],
    [
      'Mailchimp, subscribed',
      'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID\na@x.org,A,Z,2,2021-01-01 00:00:00,2021-01-01 00:00:00,1,e',
      ['active'],
    ],
    [
      'Mailchimp, unsubscribed',
      'Email Address,First Name,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\na@x.org,A,2021-01-01 00:00:00,News,NORMAL',
      ['unsubscribed'],
    ],
    [
      'Mailchimp, cleaned',
      'Email Address,First Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\na@x.org,A,2021-01-01 00:00:00,News',
      ['bounced'],
    ],
    [
      'listmonk',
      'uuid,email,name,attributes,status,created_at,updated_at\nu,a@x.org,A,"{""city"": ""Ulm""}",enabled,2021-01-01,2021-01-01\nu,b@x.org,B,{},blocklisted,,\nu,c@x.org,C,{},disabled,,',
      ['active', 'unsubscribed', 'unsubscribed'],
    ],
    [
      'Buttondown',
      'email_address,subscriber_type,creation_date\na@x.org,regular,2021-01-01\nb@x.org,unactivated,\nc@x.org,unsubscribed,\nd@x.org,complained,\ne@x.org,undeliverable,\nf@x.org,removed,',
      ['active', 'pending', 'unsubscribed', 'complained', 'bounced', 'unsubscribed'],
    ],
    [
      'beehiiv',
      'id,email,status,subscription_tier\n1,a@x.org,active,free\n2,b@x.org,inactive,free\n3,c@x.org,pending,free\n4,d@x.org,invalid,free',
      ['active', 'unsubscribed', 'pending', 'bounced'],
    ],
    [
      'a hand-made file',
      'mail,subscribed,confirmed,bounced\na@x.org,yes,yes,0\nb@x.org,no,yes,0\nc@x.org,yes,no,0\nd@x.org,yes,yes,1\ne@x.org,,yes,0',
      ['active', 'unsubscribed', 'pending', 'bounced', 'pending'],
    ],
  ])('%s', async (_, csv, expected) => {
    expect(await statuses(csv)).toEqual(expected)
  })

  test('of several columns the strictest wins', async () => {
    expect(
      await statuses(
        'email,status,unsubscribed_at,complaints\na@x.org,active,2021-01-01,\nb@x.org,active,2021-01-01,3',
      ),
    ).toEqual(['unsubscribed', 'complained'])
  })

  test('a status that nobody knows refuses the row', async () => {
    expect(await statuses('email,status\na@x.org,frobnicated\nb@x.org,\nc@x.org,erased')).toEqual([
      'refused',
      'pending',
      'refused',
    ])
  })
})

describe('writeSubscribers', () => {
  const write = async (rows: ExportRow[]) => (await collect(writeSubscribers(rows))).join('')

  test('writes one line a subscriber, quoted where needed', async () => {
    const preferences = {cadence: 'weekly', timezone: 'Europe/Berlin', topics: ['author:ann', 'tag:nats']} as const
    const chosen = {address: 'b@x.org', status: 'active', preferences}
    const rows = [{address: 'a@x.org', name: 'A "the" B, C', status: 'active', createdAt: '2021-01-01T00:00:00.000Z'}]
    expect((await write([...rows, chosen])).split('\r\n')).toEqual([
      'email,name,status,created_at,cadence,time_zone,topics',
      'a@x.org,"A ""the"" B, C",active,2021-01-01T00:00:00.000Z,,,',
      'b@x.org,,active,,weekly,Europe/Berlin,author:ann tag:nats',
      '',
    ])
  })

  test('no cell begins with what a spreadsheet runs', async () => {
    const names = ['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', '\tx', '\r=1', "'=1"]
    const csv = await write(names.map((name) => ({address: '=cmd@x.org', name, status: 'active'})))
    for (const row of csv.split('\r\n').slice(1, -1)) {
      expect(row).not.toMatch(/(^|,)"?[=+\-@\t\r]/)
    }
  })

  test('what is written reads back the same', async () => {
    const local = fc.string({unit: fc.constantFrom(..."ab'=+-1"), minLength: 1, maxLength: 8})
    const name = fc
      .string({unit: fc.constantFrom(...'ab \'"=+-@,;é'), maxLength: 12})
      .map((text) => text.replace(/\s+/g, ' ').trim())
    const status = fc.constantFrom('active', 'pending', 'unsubscribed', 'bounced', 'complained')
    const subscriber = fc.record({address: local.map((text) => `${text}@x.org`), name, status})
    await fc.assert(
      fc.asyncProperty(fc.array(subscriber), async (rows) => {
        const back = await read(await write(rows))
        expect(back.map(({address, name = '', status}) => ({address, name, status}))).toEqual(rows)
      }),
    )
  })
})
