import {expect, test} from 'vitest'
import {smtpTarget} from './smtp-target.ts'
import {isMailProvider, withTag} from './tag-header.ts'

test.for([
  ['email-smtp.eu-west-1.amazonaws.com', 'ses', 'X-SES-MESSAGE-TAGS: broadside=btag'],
  ['smtp.postmarkapp.com', 'postmark', 'X-PM-Metadata-broadside: btag'],
  ['smtp-broadcasts.postmarkapp.com', 'postmark', 'X-PM-Metadata-broadside: btag'],
  ['smtp.eu.mailgun.org', 'mailgun', 'X-Mailgun-Variables: {"broadside":"btag"}'],
  ['smtp.sendgrid.net', 'sendgrid', 'X-SMTPAPI: {"unique_args":{"broadside":"btag"}}'],
] as const)('%s is known for %s, which gives a tag back', ([host, provider, header]) => {
  expect(smtpTarget(`smtp://user:pass@${host}:587`).provider).toBe(provider)
  expect(smtpTarget(`smtp://user:pass@relay.example.org?provider=${provider}`).provider).toBe(provider)
  expect(withTag(Buffer.from('From: a@b\r\n\r\n'), provider, 'btag').toString()).toBe(`${header}\r\nFrom: a@b\r\n\r\n`)
})

test('other servers get no such header, and a name that is none is told', () => {
  expect(smtpTarget('smtp://mail.example.org').provider).toBeUndefined()
  expect(smtpTarget('smtp://smtp.sendgrid.net.evil.example').provider).toBeUndefined()
  expect(isMailProvider('toString')).toBe(false)
  expect(() => smtpTarget('smtp://mail.example.org?provider=other')).toThrow(
    expect.objectContaining({code: 'smtp.url.invalid'}),
  )
})
