import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createFaultySmtp} from '@broadside/testkit'
import {expect, test} from 'vitest'
import {createCaptureServer} from './create-capture-server.ts'
import {createSubmitter} from './create-submitter.ts'
import {startSesServer, type SesFault} from './ses/ses-server.fixture.ts'
import {describeSubmitter} from './submitter.case.ts'

describeSubmitter('SMTP', {
  answers: true,
  async open() {
    const server = await createFaultySmtp()
    const faults = {
      refused: {at: 'rcpt', answer: '550 5.1.1 no such user'},
      later: {at: 'rcpt', answer: '450 4.2.1 later'},
      'server-refuses': {at: 'mail', answer: '550 5.7.1 not from here', to: ''},
      lost: {at: 'dot', answer: 'drop'},
    } as const
    return {
      url: server.url,
      received: async () => server.messages.map(({from, to, raw}) => ({from, to, raw})),
      answer: (to, how) => server.fault({to, ...faults[how]}),
      close: () => server.close(),
    }
  },
})

describeSubmitter('the capture', {
  answers: false,
  async open() {
    const dir = await mkdtemp(join(tmpdir(), 'broadside-capture-'))
    const capture = await createCaptureServer({dir})
    const rawOf = async (id: string) => {
      const file = await readFile(join(dir, `${id}.mail`))
      return file.subarray(file.indexOf('\n') + 1)
    }
    return {
      url: capture.url,
      received: () =>
        Promise.all(capture.list().map(async ({id, from, to}) => ({from, to: to.join(), raw: await rawOf(id)}))),
      async close() {
        await capture.close()
        await rm(dir, {recursive: true, force: true})
      },
    }
  },
})

const sesFaults: Record<string, SesFault> = {
  refused: {status: 400, type: 'BadRequestException', message: 'Local address contains control or whitespace'},
  later: {status: 429, type: 'TooManyRequestsException', message: 'Maximum sending rate exceeded'},
  'server-refuses': {status: 400, type: 'MessageRejected', message: 'Email address is not verified'},
  lost: 'drop',
}

describeSubmitter('Amazon SES', {
  answers: true,
  async open() {
    const server = await startSesServer()
    return {
      url: server.url,
      received: async () => server.messages.map(({from, to, raw}) => ({from, to, raw})),
      answer: (_to, how) => server.fault(sesFaults[how]!),
      close: () => server.close(),
    }
  },
})

test('Amazon SES gets the tag and the configuration set, tells of its own failures, and of keys that it does not take', async () => {
  const server = await startSesServer()
  const submitter = createSubmitter({url: server.url, connections: 2})
  const mail = {
    from: 'a@field-notes.example',
    to: 'b@readers.example',
    raw: Buffer.from('Subject: x\r\n\r\n'),
    tag: 'btag',
  }
  try {
    await submitter.submit(mail)
    expect(server.messages).toMatchObject([{tag: 'btag', configurationSet: 'notes'}])
    server.fault({status: 500, type: 'InternalServiceErrorException', message: 'oops'})
    expect(await submitter.submit(mail)).toMatchObject({state: 'uncertain'})
    server.fault({status: 503, type: 'ServiceUnavailable', message: 'busy'})
    expect(await submitter.submit(mail)).toMatchObject({state: 'deferred', scope: 'server'})
    server.fault({status: 403, type: 'AccessDeniedException', message: 'not authorized'})
    expect(await submitter.submit(mail)).toMatchObject({state: 'deferred', scope: 'server'})
    server.fault({status: 403, type: 'UnrecognizedClientException', message: 'The security token is invalid'})
    await expect(submitter.verify()).rejects.toMatchObject({code: 'smtp.refused'})
    await Promise.all(Array.from({length: 6}, () => submitter.submit(mail)))
    expect(server.most).toBeLessThanOrEqual(2)
  } finally {
    await submitter.close()
    await server.close()
  }
})

test('an address of Amazon SES without a region is told, and holds no secret in its words', () => {
  for (const url of ['ses://', 'ses://KEY:SECRET@nowhere', 'ses://KEY:SECRET@eu-west-1.evil.example']) {
    expect(() => createSubmitter({url})).toThrow(expect.objectContaining({code: 'smtp.url.invalid'}))
    expect(() => createSubmitter({url})).not.toThrow(/SECRET/)
  }
})
