import {createHmac, generateKeyPairSync, sign} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {createMailgun, createPostmark, createSendGrid, createSes, type Provider} from '../index.ts'
import {isOfSns, signedText, type SnsMessage} from './sns-message.ts'

const now = Date.parse('2027-01-02T10:00:00Z')
const tag = 'btag234'
const request = (body: unknown, headers: Record<string, string> = {}) => ({
  headers: new Headers(headers),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})
const only = (provider: Provider, body: unknown) => {
  const {reports} = provider.read(body)
  return reports.length === 1 ? reports[0] : reports
}

describe('Postmark', () => {
  const postmark = createPostmark('broadside:a-long-password')
  const login = (text: string) => ({authorization: `Basic ${Buffer.from(text).toString('base64')}`})
  const bounce = {
    RecordType: 'Bounce',
    ID: 692560173,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Tag: '',
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    Metadata: {broadside: tag},
    ServerID: 23,
    MessageStream: 'broadcast',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: 'smtp;550 5.1.1 The email account that you tried to reach does not exist',
    Email: 'ann@readers.example',
    From: 'notes@field-notes.example',
    BouncedAt: '2026-11-02T09:31:07.0000000Z',
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'When NATS is away',
  }

  test('is known by the user and password of its address', async () => {
    expect(await postmark.verify(request(bounce, login('broadside:a-long-password')), now)).toBe(true)
    for (const wrong of ['broadside:another', 'broadside:a-long-password2', ':']) {
      expect(await postmark.verify(request(bounce, login(wrong)), now)).toBe(false)
    }
    expect(await postmark.verify(request(bounce), now)).toBe(false)
  })

  test('tells of bounces by their type, and of complaints, arrivals and those who leave', () => {
    const about = {at: Date.parse('2026-11-02T09:31:07Z'), tag, quoted: ''}
    expect(only(postmark, bounce)).toEqual({
      kind: 'bounced',
      fault: 'mailbox',
      reply: bounce.Details,
      event: `bounce-${bounce.MessageID}-${bounce.BouncedAt}`,
      ...about,
    })
    const faultOf = (Type: string) => only(postmark, {...bounce, Type, Details: ''})
    expect(faultOf('SoftBounce')).toMatchObject({kind: 'bounced', fault: 'passing', reply: bounce.Description})
    expect(faultOf('Blocked')).toMatchObject({kind: 'bounced', fault: 'us'})
    expect(faultOf('AutoResponder')).toEqual([])
    expect(only(postmark, {...bounce, RecordType: 'SpamComplaint', Type: 'SpamComplaint'})).toMatchObject({
      kind: 'complained',
      ...about,
    })
    const {MessageID, Metadata} = bounce
    const at = '2026-11-02T09:31:07Z'
    expect(only(postmark, {RecordType: 'Delivery', MessageID, Metadata, DeliveredAt: at, Details: '250 ok'})).toEqual({
      kind: 'delivered',
      reply: '250 ok',
      event: `delivery-${MessageID}`,
      ...about,
    })
    const change = {RecordType: 'SubscriptionChange', MessageID, Metadata, ChangedAt: at, Origin: 'Recipient'}
    const left = {...change, SuppressSending: true, SuppressionReason: 'ManualSuppression'}
    expect(only(postmark, left)).toMatchObject({kind: 'leave', ...about})
    expect(only(postmark, {...left, SuppressSending: false})).toEqual([])
    expect(only(postmark, {RecordType: 'Open', MessageID})).toEqual([])
  })
})

describe('Mailgun', () => {
  const key = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0'
  const data = {
    id: 'G9Bn5sl1TC6nu79C8C0bwg',
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    timestamp: 1_793_611_867.5,
    recipient: 'ann@readers.example',
    'delivery-status': {code: 550, message: '5.1.1 No such user', description: '', 'attempt-no': 1},
    'user-variables': {broadside: tag},
    message: {headers: {'message-id': '5a0e1c@field-notes.example'}},
  }
  const signed = (event: object, {token = 'a'.repeat(50), at = now} = {}) => {
    const timestamp = String(Math.floor(at / 1_000))
    const signature = createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex')
    return {signature: {timestamp, token, signature}, 'event-data': event}
  }

  test('is known by an HMAC over time and token, which is good for one event', async () => {
    const mailgun = createMailgun(key)
    const verify = (body: unknown) => mailgun.verify(request(body), now)
    expect(await verify(signed(data))).toBe(true)
    expect(await verify(signed(data))).toBe(true)
    expect(await verify(signed({...data, id: 'another'}))).toBe(false)
    expect(await verify(signed(data, {token: 'b', at: now - 25 * 3_600_000}))).toBe(false)
    const forged = signed(data, {token: 'c'})
    expect(await verify({...forged, signature: {...forged.signature, token: 'd'}})).toBe(false)
    expect(await verify('no JSON')).toBe(false)
    expect(await createMailgun('another key').verify(request(signed(data)), now)).toBe(false)
  })

  test('tells of failures for good and for now, of complaints and those who leave', () => {
    const mailgun = createMailgun(key)
    const tell = (event: object) => only(mailgun, signed({...data, ...event}))
    const about = {event: data.id, at: 1_793_611_867_500, tag, quoted: ''}
    expect(tell({})).toEqual({kind: 'bounced', fault: 'mailbox', reply: '5.1.1 No such user', ...about})
    expect(tell({severity: 'temporary'})).toMatchObject({kind: 'delayed', ...about})
    expect(tell({reason: 'suppress-bounce', 'delivery-status': {code: 605}})).toMatchObject({
      kind: 'rejected',
      fault: 'mailbox',
    })
    const policy = {code: 550, message: 'blocked by our policy', 'enhanced-code': '5.7.1'}
    expect(tell({'delivery-status': policy})).toMatchObject({kind: 'bounced', fault: 'us', status: '5.7.1'})
    expect(tell({event: 'complained'})).toMatchObject({kind: 'complained'})
    expect(tell({event: 'unsubscribed'})).toMatchObject({kind: 'leave'})
    expect(tell({event: 'delivered', 'delivery-status': {code: 250, message: 'OK'}})).toMatchObject({kind: 'delivered'})
    expect(tell({event: 'rejected', reason: 'Not delivering'})).toMatchObject({kind: 'rejected', fault: 'us'})
    expect(tell({event: 'opened'})).toEqual([])
  })
})

describe('SendGrid', () => {
  const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const sendgrid = createSendGrid(publicKey.export({type: 'spki', format: 'der'}).toString('base64'))
  const bounce = {
    email: 'ann@readers.example',
    timestamp: 1_793_611_867,
    'smtp-id': '<5a0e1c@field-notes.example>',
    bounce_classification: 'Invalid Address',
    event: 'bounce',
    reason: '550 5.1.1 The email account that you tried to reach does not exist.',
    sg_event_id: 'MTI2NDU5NjQ',
    sg_message_id: '14c5d75ce93.dfd.64b469',
    status: '5.1.1',
    type: 'bounce',
    broadside: tag,
  }
  const signedAt = (body: string, at: number) => {
    const timestamp = String(Math.floor(at / 1_000))
    const signature = sign('sha256', Buffer.from(timestamp + body), privateKey).toString('base64')
    const prefix = 'X-Twilio-Email-Event-Webhook-'
    return {[`${prefix}Timestamp`]: timestamp, [`${prefix}Signature`]: signature}
  }

  test('is known by its signature over time and bytes', async () => {
    const body = JSON.stringify([bounce])
    expect(await sendgrid.verify(request(body, signedAt(body, now)), now)).toBe(true)
    expect(await sendgrid.verify(request(`${body} `, signedAt(body, now)), now)).toBe(false)
    expect(await sendgrid.verify(request(body, signedAt(body, now - 26 * 3_600_000)), now)).toBe(false)
    expect(await sendgrid.verify(request(body), now)).toBe(false)
    expect(() => createSendGrid('no key')).toThrow(expect.objectContaining({code: 'reports.key'}))
  })

  test('tells of many at once, each by its class', () => {
    const tell = (event: object) => only(sendgrid, [{...bounce, ...event}])
    const about = {event: bounce.sg_event_id, at: 1_793_611_867_000, tag, quoted: ''}
    expect(tell({})).toEqual({kind: 'bounced', fault: 'mailbox', reply: bounce.reason, status: '5.1.1', ...about})
    expect(tell({type: 'blocked', status: '5.7.1', reason: 'blocked'})).toMatchObject({kind: 'bounced', fault: 'us'})
    expect(tell({bounce_classification: 'Technical', status: ''})).toMatchObject({kind: 'bounced', fault: 'passing'})
    expect(tell({event: 'deferred', status: '', response: '450 later'})).toMatchObject({kind: 'delayed'})
    expect(tell({event: 'dropped', reason: 'Bounced Address'})).toMatchObject({kind: 'rejected', fault: 'mailbox'})
    expect(tell({event: 'dropped', reason: 'Invalid SMTPAPI header'})).toMatchObject({kind: 'rejected'})
    expect(tell({event: 'spamreport'})).toMatchObject({kind: 'complained'})
    expect(tell({event: 'group_unsubscribe'})).toMatchObject({kind: 'leave'})
    expect(
      sendgrid.read([bounce, {...bounce, event: 'processed'}, {...bounce, sg_event_id: 'b'}]).reports,
    ).toHaveLength(2)
  })
})

describe('Amazon SES', () => {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
  const topic = 'arn:aws:sns:eu-west-1:123456789012:broadside'
  const asked: string[] = []
  const ses = createSes({
    topics: [topic],
    async certificate(url) {
      asked.push(url)
      return fixture('sns-certificate.pem')
    },
  })
  const message = (told: object, more: Partial<SnsMessage> = {}): SnsMessage => {
    const unsigned: SnsMessage = {
      Type: 'Notification',
      MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
      TopicArn: topic,
      Subject: 'Amazon SES Email Event Notification',
      Message: JSON.stringify(told),
      Timestamp: '2026-11-02T09:31:08.000Z',
      SignatureVersion: '2',
      Signature: '',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0000.pem',
      ...more,
    }
    const algorithm = unsigned.SignatureVersion === '1' ? 'sha1' : 'sha256'
    const signature = sign(algorithm, Buffer.from(signedText(unsigned)), fixture('sns-key.pem'))
    return {...unsigned, Signature: signature.toString('base64')}
  }
  const mail = {
    timestamp: '2026-11-02T09:31:06.000Z',
    source: 'notes@field-notes.example',
    messageId: 'EXAMPLE7c191be45-e9aedb9a',
    destination: ['ann@readers.example'],
    headersTruncated: false,
    headers: [{name: 'List-Unsubscribe', value: '<mailto:u234@bounces.example>'}],
    tags: {'ses:configuration-set': ['notes'], broadside: [tag]},
  }
  const bounce = (
    bounceType: string,
    bounceSubType: string,
    status = '5.1.1',
    diagnosticCode = 'smtp; 550 5.1.1 no',
  ) => ({
    eventType: 'Bounce',
    mail,
    bounce: {
      feedbackId: 'f1',
      bounceType,
      bounceSubType,
      bouncedRecipients: [{emailAddress: 'ann@readers.example', action: 'failed', status, diagnosticCode}],
      timestamp: '2026-11-02T09:31:07.000Z',
      reportingMTA: 'dsn; a.amazonses.example',
    },
  })

  test('is known by a signature of SNS, of a topic that is ours', async () => {
    const told = bounce('Permanent', 'General')
    const verify = (body: SnsMessage) => ses.verify(request(body), now)
    expect(await verify(message(told))).toBe(true)
    expect(await verify(message(told, {SignatureVersion: '1', Subject: undefined}))).toBe(true)
    expect(await verify({...message(told), Message: '{}'})).toBe(false)
    expect(await verify(message(told, {TopicArn: 'arn:aws:sns:eu-west-1:999999999999:broadside'}))).toBe(false)
    expect(await ses.verify(request(message(told)), Date.parse('2200-01-01'))).toBe(false)
    const before = asked.length
    expect(await verify(message(told, {SigningCertURL: 'https://sns.evil.example/a.pem'}))).toBe(false)
    expect(asked).toHaveLength(before)
  })

  test('certificates and confirmations are fetched from SNS alone', () => {
    expect(isOfSns('https://sns.eu-west-1.amazonaws.com/a.pem')).toBe(true)
    expect(isOfSns('https://sns.cn-north-1.amazonaws.com.cn/a.pem')).toBe(true)
    for (const url of [
      'http://sns.eu-west-1.amazonaws.com/a.pem',
      'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
      'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
      'https://x@sns.eu-west-1.amazonaws.com/a.pem',
      'https://bucket.s3.amazonaws.com/a.pem',
      'https://sns.a.b.amazonaws.com/a.pem',
      'nothing',
    ]) {
      expect(isOfSns(url)).toBe(false)
    }
  })

  test('asks to be confirmed', () => {
    const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t'
    const hello = {Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: url} as const
    expect(ses.read(message({}, hello))).toEqual({reports: [], confirmUrl: url})
    expect(ses.read(message({}, {...hello, SubscribeURL: 'https://evil.example/'}))).toEqual({reports: []})
  })

  test('tells of bounces by type, of complaints, delays, arrivals and rejections', () => {
    const tell = (told: object) => only(ses, message(told))
    const about = {event: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324', tag}
    expect(tell(bounce('Permanent', 'General'))).toEqual({
      kind: 'bounced',
      fault: 'mailbox',
      reply: '550 5.1.1 no',
      status: '5.1.1',
      at: Date.parse('2026-11-02T09:31:07Z'),
      quoted: 'List-Unsubscribe: <mailto:u234@bounces.example>',
      ...about,
    })
    expect(tell(bounce('Permanent', 'General', '5.7.1', 'smtp; 550 5.7.1 blocked'))).toMatchObject({fault: 'us'})
    expect(tell(bounce('Transient', 'MailboxFull', '5.2.2'))).toMatchObject({fault: 'passing'})
    expect(tell(bounce('Transient', 'ContentRejected', '5.6.1'))).toMatchObject({fault: 'us'})
    const timestamp = '2026-11-02T09:31:07.000Z'
    expect(tell({eventType: 'Complaint', mail, complaint: {complaintFeedbackType: 'abuse', timestamp}})).toMatchObject({
      kind: 'complained',
      reply: 'abuse',
      ...about,
    })
    expect(tell({eventType: 'Delivery', mail, delivery: {smtpResponse: '250 ok', timestamp}})).toMatchObject({
      kind: 'delivered',
      reply: '250 ok',
    })
    const delay = {delayType: 'MailboxFull', delayedRecipients: [{status: '4.2.2'}], timestamp}
    expect(tell({eventType: 'DeliveryDelay', mail, deliveryDelay: delay})).toMatchObject({
      kind: 'delayed',
      reply: 'MailboxFull',
      status: '4.2.2',
    })
    expect(tell({eventType: 'Reject', mail, reject: {reason: 'Bad content'}})).toMatchObject({
      kind: 'rejected',
      fault: 'us',
      reply: 'Bad content',
    })
    expect(tell({eventType: 'Open', mail, open: {}})).toEqual([])
    expect(only(ses, {...message({}), Message: 'Successfully validated SNS topic'})).toEqual([])
  })
})
