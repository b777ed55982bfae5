import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {createReturnPaths, readMailReport, type MailReference} from '../index.ts'

const returnPaths = createReturnPaths({
  template: 'bounces+*@field-notes.example',
  keys: [{id: 'k1', secret: new Uint8Array(32).fill(1)}],
})
const reference: MailReference = {kind: 'edition', id: '0123456789abcdef', subscriber: 'AAAABBBBCCCCDDDD'}

async function report(name: string) {
  const text = await readFile(join(import.meta.dirname, 'fixtures', `${name}.eml`), 'utf8')
  const mail = text
    .replaceAll('{address}', returnPaths.addressFor('bounce', reference))
    .replaceAll('{leave}', returnPaths.addressFor('leave', reference))
    .replaceAll('\n', '\r\n')
  return readMailReport(Buffer.from(mail))
}

describe('what a report says of a mail:', () => {
  const said = async (name: string) => {
    const {addressed: _addressed, quoted: _quoted, messageId: _id, ...rest} = await report(name)
    return rest
  }

  test('a mailbox that is not there, of Postfix', async () => {
    expect(await said('postfix')).toEqual({
      kind: 'bounced',
      fault: 'mailbox',
      status: '5.1.1',
      reply: '550 5.1.1 <ann@readers.example>: Recipient address rejected: User unknown in virtual mailbox table',
    })
  })
  test('the status of the remote server counts where the reporter has none to tell', async () => {
    expect(await said('full-mailbox')).toEqual({
      kind: 'bounced',
      fault: 'passing',
      status: '5.2.2',
      reply: '552 5.2.2 Mailbox is over quota',
    })
  })
  test('a policy is about us, and not about the reader', async () => {
    expect(await said('policy')).toMatchObject({kind: 'bounced', fault: 'us', status: '5.7.26'})
  })
  test('a domain that refuses unknown people at its edge speaks of the mailbox', async () => {
    expect(await said('edge-blocked')).toMatchObject({kind: 'bounced', fault: 'mailbox', status: '5.4.1'})
  })
  test('a delay is none of these', async () => {
    expect(await said('postfix-delayed')).toMatchObject({kind: 'delayed', status: '4.4.1'})
    expect(await said('exim-delayed')).toMatchObject({kind: 'delayed'})
  })
  test('a complaint, and one that is taken back', async () => {
    expect(await said('complaint')).toEqual({kind: 'complained', reply: 'abuse'})
    expect(await said('not-spam')).toEqual({kind: 'other'})
  })
})

describe('reports for people, from before there were others:', () => {
  test.for([
    ['qmail', '5.1.1', 'Sorry, no mailbox here by that name. (#5.1.1)'],
    ['exim', undefined, '550 No such user here'],
    ['exchange', '5.1.1', '<mail.studio.example #5.1.1>'],
    ['gmail-text', '5.1.1', '550 5.1.1 <ann@readers.example>: Recipient address rejected: undeliverable address'],
  ] as const)('%s', async ([name, status, reply]) => {
    const read = await report(name)
    expect(read).toMatchObject({kind: 'bounced', fault: 'mailbox', reply})
    expect('status' in read ? read.status : undefined).toBe(status)
  })
})

test('an absence notice and a reader’s answer are no reports, whatever words they use', async () => {
  expect(await report('absence')).toMatchObject({kind: 'automatic'})
  expect(await report('reply')).toMatchObject({kind: 'other'})
})

test('the mail that a report is about is found in what it quotes, and in whom it came to', async () => {
  const quoted = async (name: string) => returnPaths.find((await report(name)).quoted)
  const bounce = {purpose: 'bounce', reference}
  const leave = {purpose: 'leave', reference}
  expect(await quoted('postfix')).toEqual([bounce])
  expect(await quoted('qmail')).toEqual([bounce])
  expect(await quoted('exim')).toEqual([bounce])
  expect(await quoted('policy')).toEqual([leave])
  expect(await quoted('complaint')).toEqual([bounce, leave])
  expect(returnPaths.find((await report('exchange')).addressed)).toEqual([bounce])
  expect((await report('complaint')).messageId).toBe('<arf-17@provider.example>')
})

test('bytes that are no mail are nothing, and do not throw', async () => {
  expect(await readMailReport(Buffer.from('a: b\r\n'.repeat(100_000)))).toMatchObject({kind: 'other'})
  expect(await readMailReport(new Uint8Array(0))).toMatchObject({kind: 'other'})
})
