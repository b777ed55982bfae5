import {mkdir, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises'
import {createConnection} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createTransport} from 'nodemailer'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {addLetter, beginLetter, recordByAddress, recordById, savePreferences} from '@broadside/ledger'
import {parseAddress} from '@broadside/subscribers'
import {selfSigned} from '@broadside/testkit'
import {createImapReader} from '../src/reports/create-imap-reader.ts'
import {createMaildirReader} from '../src/reports/create-maildir-reader.ts'
import {createReportServer} from '../src/reports/create-report-server.ts'
import {reportCertificate} from '../src/reports/report-certificate.ts'
import {imapTarget} from '../src/reports/imap-target.ts'
import type {Told} from '../src/reports/reports.ts'
import {settleReported} from '../src/reports/settle-reported.ts'
import {takeMail} from '../src/reports/take-mail.ts'
import {takeReport} from '../src/reports/take-report.ts'
import {addressOf, idOf, site} from './fill-ledger.ts'
import {
  bounceMail,
  complaintMail,
  edition,
  mailTo,
  openReportsBed,
  returnPaths,
  type ReportsBed,
} from './reports-bed.ts'
import {startImapServer} from './imap-server.ts'
import {until} from './start-bed.ts'

let bed: ReportsBed
beforeEach(async () => {
  bed = await openReportsBed(3)
})
afterEach(() => bed.stop())

const dayMs = 86_400_000
const bounceAddress = (person: number) => returnPaths.addressFor('bounce', mailTo(person))
const leaveAddress = (person: number) => returnPaths.addressFor('leave', mailTo(person))
const take = (mail: string) => takeMail(bed.deps, returnPaths, {raw: Buffer.from(mail)})
const journal = () =>
  bed.ledger.db.selectFrom('audience_journal').selectAll().where('event', '!=', 'vouched').orderBy('seq').execute()

let events = 0
const tell = (told: Partial<Told> & Pick<Told, 'kind'>) =>
  takeReport(bed.deps, {
    source: 'postmark',
    event: `e${(events += 1)}`,
    mail: mailTo(1),
    at: bed.clock.now(),
    reply: 'said so',
    ...(told.kind === 'bounced' || told.kind === 'rejected' ? {fault: 'mailbox' as const} : {}),
    ...told,
  } as Told)

describe('a mail that came back', () => {
  test('for a mailbox that is not there ends all mail to it, and says why', async () => {
    expect(await take(bounceMail(bounceAddress(1)))).toBe('taken')
    expect(await bed.stateOf(1)).toBe('bounced')
    expect(await bed.stateOf(2)).toBe('active')
    expect(await journal()).toMatchObject([
      {subscriber: idOf(1), event: 'bounced', cause: `bounced edition ${edition}, told by mail: 550 5.1.1 <…>: no`},
    ])
  })

  test('counts once, however often it is told', async () => {
    expect(await take(bounceMail(bounceAddress(1)))).toBe('taken')
    expect(await take(bounceMail(bounceAddress(1)))).toBe('known')
    expect(await take(bounceMail(bounceAddress(2)))).toBe('taken')
    expect(await journal()).toHaveLength(2)
  })

  test('under an address that nobody of ours wrote changes nothing', async () => {
    const forged = bounceAddress(1).replace(/.{5}@/, 'aaaaa@')
    expect(await take(bounceMail(forged))).toBe('ignored')
    expect(await take(bounceMail('notes@field-notes.example'))).toBe('ignored')
    const nobody = returnPaths.addressFor('bounce', {kind: 'edition', id: 'ffffffffffffffff', subscriber: idOf(1)})
    expect(await take(bounceMail(nobody))).toBe('unknown')
    expect(await journal()).toEqual([])
  })

  test('for what we are or wrote ends nothing, and is told to whoever watches', async () => {
    expect(await take(bounceMail(bounceAddress(1), {status: '5.7.1'}))).toBe('taken')
    expect(await bed.stateOf(1)).toBe('active')
    expect(bed.logged()).toContain('report.refused')
    expect(bed.logged()).not.toContain('@readers')
  })

  test('for passing reasons ends mail only after many, over days, without one that arrived', async () => {
    const soft = () => tell({kind: 'bounced', fault: 'passing'})
    for (let day = 0; day < 3; day += 1, bed.clock.advance(2 * dayMs)) await soft()
    expect(await bed.stateOf(1)).toBe('active')
    await tell({kind: 'delivered'})
    bed.clock.advance(dayMs)
    for (let day = 0; day < 3; day += 1, bed.clock.advance(2 * dayMs)) await soft()
    expect(await bed.stateOf(1)).toBe('active')
    await soft()
    expect(await bed.stateOf(1)).toBe('bounced')
  })

  test('of which a report comes late does not undo that somebody came back since', async () => {
    const at = bed.clock.now()
    bed.clock.advance(dayMs)
    const told = {id: idOf(1), cause: 'test'}
    await recordById(bed.ledger.db, site, {...told, event: 'unsubscribed', now: bed.clock.now()})
    await recordById(bed.ledger.db, site, {...told, event: 'signed-up', now: bed.clock.now()})
    await recordById(bed.ledger.db, site, {...told, event: 'confirmed', now: bed.clock.now()})
    expect(await tell({kind: 'bounced', at})).toBe('taken')
    expect(await tell({kind: 'complained', at})).toBe('taken')
    expect(await bed.stateOf(1)).toBe('active')
    expect(await tell({kind: 'complained'})).toBe('taken')
    expect(await bed.stateOf(1)).toBe('complained')
  })
})

test('the word of the operator takes back a bounce from before it, and no complaint', async () => {
  const at = bed.clock.now()
  bed.clock.advance(dayMs)
  const told = {id: idOf(1), cause: 'test', now: bed.clock.now()}
  await recordById(bed.ledger.db, site, {...told, event: 'bounced'})
  await recordById(bed.ledger.db, site, {...told, event: 'vouched'})
  await tell({kind: 'bounced', at})
  expect(await bed.stateOf(1)).toBe('active')
  await tell({kind: 'complained', at})
  expect(await bed.stateOf(1)).toBe('complained')
})

describe('a complaint', () => {
  test('counts for who only chose what they get since', async () => {
    const at = bed.clock.now()
    bed.clock.advance(dayMs)
    const preferences = {cadence: 'weekly', timezone: 'UTC'} as const
    await savePreferences(bed.ledger.db, site, {id: idOf(1), preferences, cause: 'test', now: bed.clock.now()})
    await tell({kind: 'complained', at})
    expect(await bed.stateOf(1)).toBe('complained')
  })

  test('leads to its mail by what it quotes', async () => {
    expect(await take(complaintMail(leaveAddress(2)))).toBe('taken')
    expect(await bed.stateOf(2)).toBe('complained')
  })

  test('that quotes nothing of ours is ignored', async () => {
    expect(await take(complaintMail('somebody@else.example'))).toBe('ignored')
    expect(await journal()).toEqual([])
  })
})

describe('a mail to the address for leaving', () => {
  test('leaves, in any words', async () => {
    expect(await take(`From: Person <x@y.example>\r\nTo: ${leaveAddress(1)}\r\nSubject: unsubscribe\r\n\r\n`)).toBe(
      'taken',
    )
    expect(await bed.stateOf(1)).toBe('unsubscribed')
  })

  test('and an answer to a mail does not, nor does an absence notice', async () => {
    const quoting = `> List-Unsubscribe: <mailto:${leaveAddress(1)}>`
    expect(await take(`From: x@y.example\r\nTo: ${bounceAddress(1)}\r\n\r\nThanks!\r\n${quoting}\r\n`)).toBe('ignored')
    expect(await take(`Auto-Submitted: auto-replied\r\nTo: ${bounceAddress(1)}\r\n\r\nAway\r\n`)).toBe('ignored')
    expect(await bed.stateOf(1)).toBe('active')
  })
})

describe('a mail that was uncertain', () => {
  test('is settled by what a provider tells of it', async () => {
    await bed.setDelivery(1, 'uncertain')
    await bed.setDelivery(2, 'uncertain')
    await tell({kind: 'delivered', reply: ''})
    await tell({kind: 'rejected', fault: 'us', mail: mailTo(2), reply: 'virus'})
    expect(await bed.delivery(1)).toEqual({state: 'accepted', reply: 'delivered, as postmark told'})
    expect(await bed.delivery(2)).toEqual({state: 'failed', reply: 'rejected, as postmark told: virus'})
    expect(await bed.delivery(3)).toEqual({state: 'accepted', reply: '250 ok'})
  })

  test('is settled as well when the provider was faster than the end of its lease', async () => {
    await bed.setDelivery(1, 'submitting')
    await tell({kind: 'delivered', reply: ''})
    await settleReported(bed.deps)
    expect((await bed.delivery(1)).state).toBe('submitting')
    await bed.setDelivery(1, 'uncertain')
    await settleReported(bed.deps)
    expect((await bed.delivery(1)).state).toBe('accepted')
    await bed.setDelivery(1, 'uncertain')
    await settleReported(bed.deps)
    expect((await bed.delivery(1)).state).toBe('uncertain')
  })
})

test('who bounced or complained gets no letter either, even when they sign up again', async () => {
  const {db} = bed.ledger
  const lease = () => ({worker: 'w', until: bed.clock.now() + 1_000})
  const letterOf = async (person: number, id: string) => {
    const now = bed.clock.now()
    const address = parseAddress(addressOf(person))
    await recordByAddress(db, site, {address, newId: 'none', event: 'signed-up', cause: 'form', now})
    await addLetter(db, {site, id, kind: 'confirmation', subscriber: idOf(person)}, now)
    const begun = await beginLetter(db, {site, id, wanted: 'pending', lease: lease(), now})
    const row = await db.selectFrom('letters').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    return {begun: begun !== undefined, state: row.state, reply: row.reply}
  }
  await tell({kind: 'bounced', mail: mailTo(1)})
  await tell({kind: 'complained', mail: mailTo(2)})
  const day = new Date(bed.clock.now()).toISOString().slice(0, 10)
  const held = (why: string) => ({begun: false, state: 'excluded', reply: `is not written to: ${why} ${day}`})
  expect(await letterOf(1, 'l1')).toEqual(held('bounced'))
  expect(await letterOf(2, 'l2')).toEqual(held('complained'))
  bed.clock.advance(31 * dayMs)
  expect(await letterOf(1, 'l3')).toMatchObject({begun: true})
  expect(await letterOf(2, 'l4')).toMatchObject({begun: false})
})

test('a letter that bounces ends mail to whoever signed up', async () => {
  const {db} = bed.ledger
  const address = parseAddress('new@readers.example')
  await recordByAddress(db, site, {address, newId: 'new', event: 'signed-up', cause: 'form', now: bed.clock.now()})
  await addLetter(db, {site, id: 'l1', kind: 'confirmation', subscriber: 'new'}, bed.clock.now())
  const mail = {kind: 'letter', id: 'l1', subscriber: 'new'} as const
  expect(await take(bounceMail(returnPaths.addressFor('bounce', mail)))).toBe('taken')
  const row = await db.selectFrom('subscribers').select('state').where('id', '=', 'new').executeTakeFirst()
  expect(row?.state).toBe('bounced')
})

test('reports in a mailbox are taken over IMAP, each once, and marked as seen', async () => {
  const server = await startImapServer()
  const reader = createImapReader(bed.deps, {returnPaths, url: server.url, everyMs: 5})
  const add = (uid: number, raw: string) => server.mails.set(uid, {raw, isSeen: false})
  const seen = () => [...server.mails.values()].filter(({isSeen}) => isSeen).length
  add(3, bounceMail(bounceAddress(1)))
  add(7, 'Subject: hello\r\n\r\nNo report\r\n')
  try {
    await reader.start()
    await until(() => seen() === 2)
    expect(await bed.stateOf(1)).toBe('bounced')
    // As after a kill between the ledger and the mark.
    add(8, bounceMail(bounceAddress(1)))
    add(9, complaintMail(leaveAddress(2)))
    await until(() => seen() === 4)
    expect(await bed.stateOf(2)).toBe('complained')
    expect(await journal()).toHaveLength(2)
  } finally {
    await reader.stop()
    await server.close()
  }
})

test('a mailbox that cannot be read is told without its password, and asked again', async () => {
  const server = await startImapServer()
  const url = server.url.replace('secret', 'wrong-one')
  const reader = createImapReader(bed.deps, {returnPaths, url, everyMs: 5})
  try {
    await reader.start()
    await until(() => bed.logged().includes('newsletter.reports.imap.failed'))
    await until(() => server.commands.filter((command) => command.startsWith('LOGIN')).length > 1)
    expect(bed.logged()).not.toContain('wrong-one')
  } finally {
    await reader.stop()
    await server.close()
  }
  for (const wrong of ['imaps://mail.example.org/', 'https://a:secret@b.example/', 'nothing']) {
    expect(() => createImapReader(bed.deps, {returnPaths, url: wrong})).toThrow(
      expect.objectContaining({code: 'reports.imap-url', message: expect.not.stringContaining('secret')}),
    )
  }
  expect(imapTarget('imap://a%40b:p%2Fw@mail.example.org')).toMatchObject({
    port: 143,
    startTls: true,
    user: 'a@b',
    pass: 'p/w',
    mailbox: 'INBOX',
  })
})

test('reports in a Maildir are taken, each once, and marked as seen', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'broadside-maildir-'))
  const reader = createMaildirReader(bed.deps, {returnPaths, dir, everyMs: 5})
  const deliver = async (name: string, mail: string) => {
    await writeFile(join(dir, 'tmp', name), mail)
    await rename(join(dir, 'tmp', name), join(dir, 'new', name))
  }
  try {
    for (const part of ['new', 'tmp']) await mkdir(join(dir, part))
    await deliver('1.a.host', bounceMail(bounceAddress(1)))
    await deliver('2.b.host', 'Subject: hello\r\n\r\nNo report\r\n')
    await reader.start()
    await until(async () => (await readdir(join(dir, 'cur'))).length === 2)
    expect(await bed.stateOf(1)).toBe('bounced')
    // As after a kill between the ledger and the folder.
    await deliver('3.a.host', bounceMail(bounceAddress(1)))
    await deliver('4.c.host', bounceMail(bounceAddress(2)))
    await until(async () => (await readdir(join(dir, 'cur'))).length === 4)
    expect(await journal()).toHaveLength(2)
    expect((await readdir(join(dir, 'cur'))).toSorted()[0]).toBe('1.a.host:2,S')
  } finally {
    await reader.stop()
    await rm(dir, {recursive: true})
  }
})

test('the mail server for reports takes those that are about a mail, once they are in the ledger', async () => {
  const server = createReportServer(bed.deps, {
    returnPaths,
    host: '127.0.0.1',
    port: 0,
    complaintsAddress: 'Complaints@field-notes.example',
  })
  await server.start()
  const transport = createTransport({host: '127.0.0.1', port: server.port(), ignoreTLS: true})
  const send = (to: string, raw: string) => transport.sendMail({envelope: {from: '', to}, raw})
  try {
    await send(bounceAddress(1).toUpperCase(), bounceMail('undisclosed'))
    expect(await bed.stateOf(1)).toBe('bounced')
    await send('complaints@field-notes.example', complaintMail(bounceAddress(2)))
    expect(await bed.stateOf(2)).toBe('complained')
    await send(leaveAddress(3), 'Subject: unsubscribe\r\n\r\n')
    expect(await bed.stateOf(3)).toBe('unsubscribed')
    for (const nobody of ['notes@field-notes.example', bounceAddress(1).replace(/.{5}@/, 'aaaaa@')]) {
      await expect(send(nobody, 'Subject: spam\r\n\r\n')).rejects.toMatchObject({responseCode: 550})
    }
    // Announces no size, and sends more than a report ever has.
    const chunk = `${'x'.repeat(998)}\r\n`.repeat(1_000)
    const opened = createConnection(server.port(), '127.0.0.1')
    const answers = opened.setEncoding('utf8')[Symbol.asyncIterator]()
    const answered = async (code: string) => expect((await answers.next()).value).toContain(code)
    await answered('220 ')
    for (const [line, code] of [
      ['EHLO x', '250 '],
      ['STARTTLS', '500 '],
      ['MAIL FROM:<>', '250 '],
      [`RCPT TO:<${bounceAddress(2)}>`, '250 '],
      ['DATA', '354 '],
      [`${chunk.repeat(6)}.`, '552 5.2.2 Too large for a report'],
    ] as const) {
      opened.write(`${line}\r\n`)
      await answered(code)
    }
    opened.destroy()
    await bed.ledger.close()
    await expect(send(bounceAddress(2), bounceMail('undisclosed'))).rejects.toMatchObject({responseCode: 451})
  } finally {
    transport.close()
    await server.stop()
  }
})

test('with a certificate it takes them encrypted as well, and one that cannot be used is told', async () => {
  const {cert, key} = selfSigned('mx.bounces.example')
  const certificate = reportCertificate({REPORTS_SMTP_CERT: cert, REPORTS_SMTP_KEY: key})
  const server = createReportServer(bed.deps, {returnPaths, host: '127.0.0.1', port: 0, certificate})
  await server.start()
  const tls = {ca: cert, servername: 'mx.bounces.example'}
  const transport = createTransport({host: '127.0.0.1', port: server.port(), requireTLS: true, tls})
  try {
    await transport.sendMail({envelope: {from: '', to: bounceAddress(1)}, raw: bounceMail('undisclosed')})
    expect(await bed.stateOf(1)).toBe('bounced')
  } finally {
    transport.close()
    await server.stop()
  }
  expect(reportCertificate({})).toBeUndefined()
  const wrong = expect.objectContaining({code: 'reports.certificate'})
  expect(() => reportCertificate({REPORTS_SMTP_CERT: cert})).toThrow(wrong)
  expect(() => reportCertificate({REPORTS_SMTP_KEY: key})).toThrow(wrong)
  expect(() => reportCertificate({REPORTS_SMTP_CERT: cert, REPORTS_SMTP_KEY: selfSigned('x').key})).toThrow(wrong)
})
