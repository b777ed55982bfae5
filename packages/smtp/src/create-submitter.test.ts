import {once} from 'node:events'
import {createServer, type AddressInfo} from 'node:net'
import {createFaultySmtp, type FaultySmtp, type SmtpFault} from '@broadside/testkit'
import {SMTPServer} from 'smtp-server'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {createSubmitter} from './create-submitter.ts'
import type {SubmitterOptions, Submitter} from './outcome.ts'

const from = 'news@example.org'
const short = Buffer.from('Subject: Hello\r\n\r\nHello.\r\n')
const long = Buffer.from(`Subject: Long\r\n\r\n${'All work and no play.\r\n'.repeat(400_000)}`)
const timeouts = {connectMs: 2000, greetingMs: 2000, commandMs: 2000, dotMs: 2000, idleMs: 2000}

let server: FaultySmtp
const submitters: Submitter[] = []

function submitter(options: Partial<SubmitterOptions> = {}): Submitter {
  const made = createSubmitter({url: server.url, timeouts, ...options})
  submitters.push(made)
  return made
}

beforeEach(async () => {
  server = await createFaultySmtp()
})
afterEach(async () => {
  await Promise.all(submitters.splice(0).map((one) => one.close()))
  await server.close()
})

describe.each([{pipelining: false}, {pipelining: true}])('a submission, pipelining $pipelining', ({pipelining}) => {
  beforeEach(async () => {
    await server.close()
    server = await createFaultySmtp({pipelining})
  })

  test('that goes well is accepted, with the reply', async () => {
    const outcome = await submitter().submit({from, to: 'ann@example.org', raw: short})
    expect(outcome).toEqual({state: 'accepted', reply: '250 2.0.0 queued as 1'})
    expect(server.messages).toMatchObject([{from, to: 'ann@example.org', raw: short}])
  })

  test.each<[SmtpFault['at'], `${number} ${string}`, object]>([
    ['connect', '421 4.3.2 closing', {state: 'deferred', scope: 'server', code: 421}],
    ['connect', '554 5.7.1 go away', {state: 'deferred', scope: 'server', code: 554}],
    ['mail', '421 4.3.2 closing', {state: 'deferred', scope: 'server', code: 421}],
    ['mail', '452 4.3.1 disk full', {state: 'deferred', scope: 'server', code: 452, enhanced: '4.3.1'}],
    ['mail', '550 5.7.1 sender unknown', {state: 'failed', scope: 'server', code: 550, enhanced: '5.7.1'}],
    ['rcpt', '421 4.7.0 too many', {state: 'deferred', scope: 'server', code: 421}],
    ['rcpt', '450 4.2.0 greylisted', {state: 'deferred', scope: 'recipient', code: 450, enhanced: '4.2.0'}],
    ['rcpt', '550 5.1.1 no such user', {state: 'failed', scope: 'recipient', code: 550, enhanced: '5.1.1'}],
    ['rcpt', '550 mailbox unavailable', {state: 'failed', scope: 'recipient', code: 550}],
    ['data', '451 4.3.0 later', {state: 'deferred', scope: 'recipient', code: 451}],
    ['data', '554 5.7.1 no', {state: 'failed', scope: 'recipient', code: 554}],
    ['dot', '421 4.3.2 closing', {state: 'deferred', scope: 'server', code: 421}],
    ['dot', '451 4.7.1 later', {state: 'deferred', scope: 'recipient', code: 451, enhanced: '4.7.1'}],
    ['dot', '552 5.2.2 mailbox full', {state: 'failed', scope: 'recipient', code: 552, enhanced: '5.2.2'}],
    ['dot', '554 5.7.1 spam', {state: 'failed', scope: 'recipient', code: 554, enhanced: '5.7.1'}],
  ])('answered at %s with "%s" has that end, and the next one goes through', async (at, answer, expected) => {
    server.fault({at, answer})
    const one = submitter({connections: 1})
    const outcome = await one.submit({from, to: 'ann@example.org', raw: short})
    expect(outcome).toMatchObject({...expected, reply: answer})
    expect(server.messages).toHaveLength(0)
    expect(await one.submit({from, to: 'bob@example.org', raw: short})).toMatchObject({state: 'accepted'})
    expect(server.messages.map((mail) => mail.to)).toEqual(['bob@example.org'])
  })

  test.each<SmtpFault['at']>(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'body'])(
    'cut off at %s is deferred: the server cannot have it',
    async (at) => {
      server.fault({at, answer: 'drop'})
      const outcome = await submitter().submit({from, to: 'ann@example.org', raw: long})
      expect(outcome).toMatchObject({state: 'deferred', scope: 'server'})
      expect(server.messages).toHaveLength(0)
    },
  )

  test.each<SmtpFault['at']>(['connect', 'ehlo', 'mail', 'rcpt', 'data'])(
    'left without an answer at %s is deferred',
    async (at) => {
      server.fault({at, answer: 'stall'})
      const impatient = submitter({timeouts: {...timeouts, connectMs: 500, greetingMs: 500, commandMs: 500}})
      expect(await impatient.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({
        state: 'deferred',
        scope: 'server',
      })
      expect(await impatient.submit({from, to: 'bob@example.org', raw: short})).toMatchObject({state: 'accepted'})
    },
  )

  test.each(['drop', 'stall'] as const)(
    'whose dot was answered by a %s is uncertain: the server has it',
    async (answer) => {
      server.fault({at: 'dot', answer})
      const outcome = await submitter({timeouts: {...timeouts, dotMs: 100}}).submit({
        from,
        to: 'ann@example.org',
        raw: short,
      })
      expect(outcome).toMatchObject({state: 'uncertain'})
      expect(server.messages).toHaveLength(1)
      expect(server.accepted).toBe(1)
    },
  )

  test('whose dot was answered by nonsense is uncertain', async () => {
    server.fault({at: 'dot', answer: '354 what'})
    expect(await submitter().submit({from, to: 'ann@example.org', raw: short})).toMatchObject({state: 'uncertain'})
  })

  test('waits longer for the answer to the dot than for others', async () => {
    server.fault({at: 'dot', answer: 'stall'})
    const patient = submitter({timeouts: {...timeouts, commandMs: 100, dotMs: 600_000}})
    let outcome: unknown
    void patient.submit({from, to: 'ann@example.org', raw: short}).then((told) => (outcome = told))
    await vi.waitFor(() => expect(server.messages).toHaveLength(1))
    // Another stall with the short limit has come and gone while this one still waits.
    server.fault({at: 'mail', answer: 'stall'})
    expect(await patient.submit({from, to: 'bob@example.org', raw: short})).toMatchObject({state: 'deferred'})
    expect(outcome).toBeUndefined()
    server.hangUp()
    await vi.waitFor(() => expect(outcome).toMatchObject({state: 'uncertain'}))
  })
})

describe('connections', () => {
  test('are kept: 50 messages one after the other need one', async () => {
    const one = submitter()
    for (let n = 0; n < 50; n++) await one.submit({from, to: `r${n}@example.org`, raw: short})
    expect(server.accepted).toBe(1)
    expect(server.messages).toHaveLength(50)
  })

  test('are as many as were asked for, each message going out once, in turn', async () => {
    const three = submitter({connections: 3})
    const outcomes = await Promise.all(
      Array.from({length: 60}, (_, n) => three.submit({from, to: `r${n}@example.org`, raw: short})),
    )
    expect(outcomes.every(({state}) => state === 'accepted')).toBe(true)
    expect(server.accepted).toBe(3)
    expect(new Set(server.messages.map(({to}) => to)).size).toBe(60)
    expect(server.messages).toHaveLength(60)
  })

  test('are replaced after a hundred messages', async () => {
    const one = submitter({connections: 1})
    await Promise.all(Array.from({length: 101}, (_, n) => one.submit({from, to: `r${n}@example.org`, raw: short})))
    expect(server.accepted).toBe(2)
  })

  test.each([undefined, '421 4.4.2 idle too long'])(
    'that the server closed while idle (%s) are replaced unseen',
    async (farewell) => {
      const one = submitter({connections: 1})
      await one.submit({from, to: 'ann@example.org', raw: short})
      server.hangUp(farewell)
      await vi.waitFor(() => expect(server.open).toBe(0))
      expect(await one.submit({from, to: 'bob@example.org', raw: short})).toMatchObject({state: 'accepted'})
      expect(server.accepted).toBe(2)
    },
  )

  test.each(['drop', '421 4.4.2 idle too long'] as const)(
    'found closed at MAIL (%s) are replaced once',
    async (answer) => {
      const one = submitter({connections: 1})
      await one.submit({from, to: 'ann@example.org', raw: short})
      server.fault({at: 'mail', answer})
      expect(await one.submit({from, to: 'bob@example.org', raw: short})).toMatchObject({state: 'accepted'})
      server.fault({at: 'mail', answer, times: 2})
      expect(await one.submit({from, to: 'cat@example.org', raw: short})).toMatchObject({
        state: 'deferred',
        scope: 'server',
      })
      expect(server.messages.map(({to}) => to)).toEqual(['ann@example.org', 'bob@example.org'])
    },
  )

  test('are closed by us when idle', async () => {
    await submitter({timeouts: {...timeouts, idleMs: 20}}).submit({from, to: 'ann@example.org', raw: short})
    await vi.waitFor(() => expect(server.open).toBe(0))
    expect(server.commands.at(-1)).toBe('QUIT')
  })

  test.each([
    {at: 'dot', state: 'uncertain'},
    {at: 'rcpt', state: 'deferred'},
  ] as const)('are given up at the end of our patience: one that waits after $at is $state', async ({at, state}) => {
    server.fault({at, answer: 'stall'})
    const one = submitter({connections: 1, timeouts: {...timeouts, commandMs: 20_000, dotMs: 20_000}})
    const [inHand, next] = [short, short].map((raw) => one.submit({from, to: 'ann@example.org', raw}))
    await vi.waitFor(() => {
      if (at === 'dot') expect(server.messages).toHaveLength(1)
      else expect(server.commands.at(-1)).toMatch(/^RCPT/)
    })
    await one.close({patienceMs: 20})
    expect(await inHand).toMatchObject({state})
    expect(await next).toMatchObject({state: 'deferred', scope: 'server'})
    expect(server.messages).toHaveLength(at === 'dot' ? 1 : 0)
  })

  test('are closed after the submissions in hand and those that wait', async () => {
    const one = submitter({connections: 1})
    const outcomes = [1, 2, 3].map((n) => one.submit({from, to: `r${n}@example.org`, raw: short}))
    await one.close()
    expect((await Promise.all(outcomes)).map(({state}) => state)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(server.commands.at(-1)).toBe('QUIT')
    await one.close()
    expect(await one.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({state: 'deferred'})
    expect(server.messages).toHaveLength(3)
  })
})

describe('a server that is not there', () => {
  test('defers with the server as its scope', async () => {
    const gone = submitter({url: `smtp://127.0.0.1:${await freePort()}`})
    expect(await gone.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({
      state: 'deferred',
      scope: 'server',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
    await expect(gone.verify()).rejects.toMatchObject({kind: 'transient', code: 'smtp.unreachable'})
  })

  test('nor has a name', async () => {
    const nowhere = submitter({url: 'smtp://nowhere.invalid:25'})
    expect(await nowhere.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({
      state: 'deferred',
      scope: 'server',
    })
  })

  test('or does not speak TLS', async () => {
    const plain = submitter({url: server.url.replace('smtp:', 'smtps:'), timeouts: {...timeouts, connectMs: 200}})
    expect(await plain.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({
      state: 'deferred',
      scope: 'server',
    })
    const required = submitter({url: `${server.url}?tls=required`})
    expect(await required.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({
      state: 'deferred',
      scope: 'server',
    })
    expect(server.messages).toHaveLength(0)
  })

  test('or refuses the login', async () => {
    const url = server.url.replace('smtp://', 'smtp://ann:secret-word@')
    server.fault({at: 'auth', answer: '535 5.7.8 who are you', times: 2})
    const outcome = await submitter({url}).submit({from, to: 'ann@example.org', raw: short})
    expect(outcome).toMatchObject({state: 'deferred', scope: 'server', code: 535, enhanced: '5.7.8'})
    await expect(submitter({url}).verify()).rejects.toMatchObject({kind: 'invalid', code: 'smtp.refused'})
  })

  test('takes messages after a login', async () => {
    const url = server.url.replace('smtp://', 'smtp://ann:secret%20word@')
    expect(await submitter({url}).submit({from, to: 'ann@example.org', raw: short})).toMatchObject({state: 'accepted'})
    expect(server.commands).toContain(`AUTH PLAIN ${Buffer.from('\0ann\0secret word').toString('base64')}`)
  })
})

describe('TLS', () => {
  // The certificate that smtp-server brings is signed by nobody.
  async function tlsServer(secure: boolean): Promise<{port: number; encrypted: boolean[]; close(): Promise<void>}> {
    const encrypted: boolean[] = []
    const receiver = new SMTPServer({
      secure,
      logger: false,
      authOptional: true,
      onData(stream, session, done) {
        encrypted.push(session.secure)
        stream.resume().on('end', () => done())
      },
    })
    receiver.on('error', () => {})
    const listening = receiver.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const {port} = listening.address() as AddressInfo
    return {port, encrypted, close: () => new Promise((resolve) => receiver.close(resolve))}
  }

  test.each([
    ['smtps', '', true, 'deferred', []],
    ['smtp', '?tls=required', false, 'deferred', []],
    ['smtp', '?tls=when-offered', false, 'accepted', [true]],
    ['smtp', '?tls=off', false, 'accepted', [false]],
  ])('%s%s with a certificate that nobody vouches for', async (protocol, query, secure, state, encrypted) => {
    const receiver = await tlsServer(secure)
    const one = submitter({url: `${protocol}://127.0.0.1:${receiver.port}${query}`})
    expect(await one.submit({from, to: 'ann@example.org', raw: short})).toMatchObject({state})
    expect(receiver.encrypted).toEqual(encrypted)
    await one.close()
    await receiver.close()
  })
})

test('verify connects and leaves the connection for the first message', async () => {
  const one = submitter()
  await one.verify()
  await one.submit({from, to: 'ann@example.org', raw: short})
  expect(server.accepted).toBe(1)
})

describe('the envelope', () => {
  test.each(['b@y.org>\r\nRCPT TO:<evil@z.org', 'b@y.org, c@z.org', 'b@y.org\r\nBcc: evil@z.org', ''])(
    'never carries %j',
    async (bad) => {
      const one = submitter()
      expect(await one.submit({from, to: bad, raw: short})).toMatchObject({
        state: 'failed',
        scope: 'recipient',
        enhanced: '5.1.3',
      })
      expect(await one.submit({from: bad, to: from, raw: short})).toMatchObject({state: 'failed', scope: 'server'})
      expect(server.accepted).toBe(0)
    },
  )
})

describe('the bytes on the wire', () => {
  test('have CRLF alone at line ends and every leading dot doubled', async () => {
    const shaky = Buffer.from('Subject: x\n\n.\n..\n.a\r\n.\r\nbare\rreturn\r.\rend\n.\nMAIL FROM:<x@y.org>')
    expect(await submitter().submit({from, to: 'ann@example.org', raw: shaky})).toMatchObject({state: 'accepted'})
    const [mail] = server.messages
    const wire = mail?.wire.toString('latin1') ?? ''
    expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(wire.split('\r\n').filter((line) => line.startsWith('.'))).toEqual(['..', '...', '..a', '..', '..', '..'])
    expect(mail?.raw.toString('latin1')).toBe(
      'Subject: x\r\n\r\n.\r\n..\r\n.a\r\n.\r\nbare\r\nreturn\r\n.\r\nend\r\n.\r\nMAIL FROM:<x@y.org>\r\n',
    )
    expect(server.messages).toHaveLength(1)
  })
})

test('replies are told without the mail addresses in them', async () => {
  server.fault({at: 'rcpt', answer: '550 5.1.1 <ann@example.org>: unknown, ask postmaster@example.org'})
  const outcome = await submitter().submit({from, to: 'ann@example.org', raw: short})
  expect(outcome).toMatchObject({reply: '550 5.1.1 <…>: unknown, ask …', enhanced: '5.1.1'})
  expect(JSON.stringify(outcome)).not.toContain('@')
})

test('an address of the server that cannot be used is told without its password', () => {
  for (const url of [
    '',
    'http://x',
    'smtp://',
    'smtp://ann:secret-word@',
    'smtp://a:secret-word%zz@h',
    'smtp://ann:secret-word@h?tls=maybe',
  ]) {
    expect(() => createSubmitter({url})).toThrow(expect.objectContaining({kind: 'invalid', code: 'smtp.url.invalid'}))
    expect(() => createSubmitter({url})).toThrow(
      expect.not.objectContaining({message: expect.stringContaining('secret')}),
    )
  }
})

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  const address = listener.address()
  await new Promise((resolve) => listener.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
