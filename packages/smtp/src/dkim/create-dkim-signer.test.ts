import {dkimVerify} from 'mailauth/lib/dkim/verify.js'
import {beforeAll, describe, expect, test} from 'vitest'
import {createDkimSigner, dkimRecord, newDkimKey, readDkimKey, type DkimKey, type DkimSigner} from '../index.ts'

let key: DkimKey
let sign: DkimSigner
beforeAll(async () => {
  key = readDkimKey({domain: 'Field-Notes.example', selector: 's2026', pem: await newDkimKey()})
  sign = createDkimSigner(key)
})

const at = Date.UTC(2026, 10, 2, 7, 30)
const message = (body = 'A text  with \t spaces \r\n\r\nand = an end\r\n\r\n\r\n') =>
  Buffer.from(
    'To: ana@readers.example\r\n' +
      'Date: Mon, 02 Nov 2026 07:30:00 +0000\r\n' +
      'Message-ID: <a.b@field-notes.example>\r\n' +
      'List-Unsubscribe: <https://x.example/unsubscribe/token>,\r\n <mailto:leave@field-notes.example>\r\n' +
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n' +
      'From: Notes <notes@field-notes.example>\r\n' +
      'Subject: When  NATS,\r\n\twhen Kafka\r\n' +
      `MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${body}`,
  )

/** What another implementation says of the message, with the record where DNS would have it. */
async function verdict(raw: Uint8Array) {
  const {name, text} = dkimRecord(key)
  const {results} = await dkimVerify(Buffer.from(raw), {
    resolver: async (asked: string) => {
      if (asked !== name) throw Object.assign(new Error('no such record'), {code: 'ENOTFOUND'})
      return [[text]]
    },
  })
  const [result] = results
  return {result: result?.status.result, aligned: result?.status.aligned, headers: result?.signingHeaders?.keys}
}

test('another implementation verifies what is signed, both list headers among it', async () => {
  const {result, aligned, headers} = await verdict(await sign(message(), at))
  expect({result, aligned}).toEqual({result: 'pass', aligned: 'field-notes.example'})
  expect(headers?.toLowerCase().split(/[:;\s]+/)).toEqual(
    expect.arrayContaining(['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']),
  )
})

test.each([
  {what: 'an empty body', body: ''},
  {what: 'empty lines only', body: '\r\n\r\n'},
  {what: 'no line end at the end', body: 'text'},
  {what: 'spaces at the ends of lines', body: 'a \t\r\n \r\nb  \r\n'},
  {what: 'lines that begin with a dot', body: '.\r\n..\r\n.a\r\n'},
  {what: 'bytes beyond ASCII', body: 'größe – 尺寸\r\n'},
])('$what verifies', async ({body}) => {
  expect((await verdict(await sign(message(body), at))).result).toBe('pass')
})

test('what servers may do on the way does not break it: other folding, spaces at line ends', async () => {
  const sent = Buffer.from(await sign(message(), at)).toString()
  const relayed = sent
    .replace('When  NATS,\r\n\twhen Kafka', 'When NATS, when\r\n Kafka')
    .replace('an end\r\n', 'an end \r\n')
  expect(relayed).not.toBe(sent)
  expect((await verdict(Buffer.from(relayed))).result).toBe('pass')
})

describe('is broken by', () => {
  test.each([
    {change: 'another text', of: (raw: string) => raw.replace('A text', 'Another text')},
    {change: 'another subject', of: (raw: string) => raw.replace('when Kafka', 'and Kafka')},
    {change: 'a second subject', of: (raw: string) => `Subject: Buy this\r\n${raw}`},
    {change: 'a second sender', of: (raw: string) => `From: other@else.example\r\n${raw}`},
    {change: 'an answer to somebody else', of: (raw: string) => `Reply-To: other@else.example\r\n${raw}`},
    {change: 'another address to leave', of: (raw: string) => raw.replace('unsubscribe/token', 'unsubscribe/other')},
  ])('$change', async ({of}) => {
    const raw = Buffer.from(await sign(message(), at)).toString()
    expect((await verdict(Buffer.from(of(raw)))).result).not.toBe('pass')
  })
})

test('the same message and second give the same bytes, on lines that every server takes', async () => {
  const [first, second] = [await sign(message(), at), await sign(message(), at + 400)]
  expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true)
  const header = Buffer.from(first).toString('latin1').split('\r\nTo: ')[0]!
  for (const line of header.split('\r\n')) expect(line.length, line).toBeLessThanOrEqual(78)
})

test.each([
  {what: 'no key', given: {pem: 'none'}},
  {what: 'a domain that is none', given: {domain: 'example'}},
  {what: 'a domain with more in it', given: {domain: 'x.example; h='}},
  {what: 'a selector with more in it', given: {selector: 'a b'}},
])('$what is refused, with what to do', async ({given}) => {
  const good = {
    domain: 'x.example',
    selector: 's',
    pem: key.privateKey.export({type: 'pkcs8', format: 'pem'}) as string,
  }
  expect(() => readDkimKey({...good, ...given})).toThrow(expect.objectContaining({code: 'dkim.key', kind: 'invalid'}))
})
