import fc from 'fast-check'
import PostalMime from 'postal-mime'
import {describe, expect, test} from 'vitest'
import {edition, recipient} from './builders.ts'
import {composeConfirmation} from './compose-confirmation.ts'
import {composeEdition} from './compose-edition.ts'
import type {EditionInput, Recipient} from './edition-message.ts'
import {messageIdFor} from './message-id-for.ts'
import {oneLine} from './one-line.ts'
import {personalise, previewFor} from './personalise.ts'

const mailTo = (input: EditionInput, changes: Partial<Recipient> = {}) =>
  Buffer.from(personalise(composeEdition(input), recipient(changes)))
const parse = (raw: Uint8Array) => PostalMime.parse(raw)
const headerNames = (raw: Buffer) =>
  raw
    .toString('latin1')
    .split('\r\n\r\n', 1)[0]
    ?.split('\r\n')
    .filter((line) => !line.startsWith(' '))
    .map((line) => line.slice(0, line.indexOf(':')))

/** What RFC 5322 and RFC 2045 ask of every mail of ours. */
function expectSound(raw: Buffer): void {
  const wire = raw.toString('latin1')
  expect(wire).toMatch(/^[\x20-\x7e\r\n\t]*$/)
  expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  const [head = ''] = wire.split('\r\n\r\n', 1)
  expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  const body = wire.slice(head.length).split('\r\n')
  expect(Math.max(...body.map((line) => line.length))).toBeLessThanOrEqual(76)
}

describe('personalise', () => {
  test('reads back as what was composed, with the links of the recipient', async () => {
    const message = composeEdition(edition())
    const to = recipient()
    const raw = Buffer.from(personalise(message, to))
    expectSound(raw)
    const parsed = await parse(raw)
    expect(parsed).toMatchObject({
      from: {name: 'Notes from the field', address: 'notes@field-notes.example'},
      to: [{name: '', address: 'ann@example.org'}],
      subject: 'When NATS and when Kafka',
      messageId: to.messageId,
      date: '2026-11-02T09:00:00.000Z',
      attachments: [],
    })
    const seen = previewFor(message, to.unsubscribeUrl)
    expect(parsed.text?.trimEnd()).toBe(seen.text.trimEnd())
    expect(parsed.html?.trimEnd()).toBe(seen.html.trimEnd())
    expect(seen.html).toContain('href="https://mail.field-notes.example/u?t=k1.field-notes.s1.0.abc&amp;lang=en"')
    expect(seen.text).toContain('Unsubscribe:\nhttps://mail.field-notes.example/u?t=k1.field-notes.s1.0.abc&lang=en\n')
  })

  test('says how to leave, which list it is and that no one need answer', async () => {
    const {headers} = await parse(mailTo(edition()))
    const value = (name: string) => headers.find(({key}) => key === name)?.value
    expect(value('list-unsubscribe')).toBe(
      '<https://mail.field-notes.example/one-click?t=k1.field-notes.s1.0.abc>, <mailto:leave@field-notes.example?subject=unsubscribe>',
    )
    expect(value('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(value('list-id')).toBe('"Notes from the field" <field-notes.example.org>')
    expect(value('auto-submitted')).toBe('auto-generated')
    expect(value('x-auto-response-suppress')).toBe('OOF, AutoReply')
  })

  test('offers one click only where a provider could POST safely', () => {
    const offered = (oneClickUrl: string) =>
      headerNames(mailTo(edition(), {oneClickUrl}))?.includes('List-Unsubscribe-Post')
    expect(offered('https://x.example/u')).toBe(true)
    expect(offered('http://127.0.0.1:4000/u')).toBe(true)
    expect(offered('http://localhost:4000/u')).toBe(true)
    expect(offered('http://x.example/u')).toBe(false)
  })

  test('gives the same bytes for the same message and recipient, also after a way through JSON', () => {
    const message = composeEdition(edition())
    const again = JSON.parse(JSON.stringify(message)) as typeof message
    expect(Buffer.from(personalise(again, recipient()))).toEqual(Buffer.from(personalise(message, recipient())))
  })

  test('takes links of any length and with any =', async () => {
    const url = fc
      .string({unit: fc.constantFrom(...'ab=&%3D-_.~'), maxLength: 400})
      .map((query) => `https://x.example/?${query}`)
    await fc.assert(
      fc.asyncProperty(url, async (unsubscribeUrl) => {
        const message = composeEdition(edition())
        const raw = Buffer.from(personalise(message, recipient({unsubscribeUrl})))
        expectSound(raw)
        const {text, html} = await parse(raw)
        const seen = previewFor(message, unsubscribeUrl)
        expect([text?.trimEnd(), html?.trimEnd()]).toEqual([seen.text.trimEnd(), seen.html.trimEnd()])
      }),
    )
  })

  test('a post cannot put a personal link of its own making anywhere', async () => {
    const forged = '\u0001unsubscribe-url\u0001'
    const {html, text} = await parse(
      mailTo(
        edition({
          subject: `a${forged}`,
          preheader: forged,
          post: {
            html: `<p title="${forged}">${forged}&#1;unsubscribe-url&#1;<a data-footnote-ref href=&#1;unsubscribe-url&#1;>&#1;unsubscribe-url&#1;</a></p>`,
            title: forged,
          },
        }),
        {preferencesUrl: 'https://mail.field-notes.example/preferences'},
      ),
    )
    expect(html?.match(/k1\.field-notes/g)).toHaveLength(1)
    expect(text?.match(/k1\.field-notes/g)).toHaveLength(1)
  })

  test.each<[string, Partial<Recipient>]>([
    ['address.invalid', {address: 'b@y.org\r\nBcc: evil@z.org'}],
    ['address.invalid', {address: 'b@y.org, c@z.org'}],
    ['mail.url.invalid', {oneClickUrl: 'javascript:alert(1)'}],
    ['mail.url.invalid', {unsubscribeUrl: `https://x.example/${'x'.repeat(900)}`}],
    ['mail.message-id.invalid', {messageId: '<a@b>\r\nBcc: evil@z.org'}],
  ])('refuses with %s', (code, changes) => {
    expect(() => mailTo(edition(), changes)).toThrow(expect.objectContaining({kind: 'invalid', code}))
  })
})

describe('no field can add a header', () => {
  const hostile = fc.oneof(
    fc.string({unit: 'grapheme', maxLength: 200}),
    fc.string({unit: 'binary', maxLength: 80}),
    fc.constantFrom(
      'x\r\nBcc: eve@example.net',
      'x\nBcc: eve@example.net',
      'x\rBcc: eve@example.net',
      'x\r\n\r\n<script>',
      'x\u2028Bcc: e@x.org',
      '\0',
      '=?utf-8?B?eA0KQmNjOiBlQHgub3Jn?=',
      '"\r\n',
      '\\"<e@x.org>',
      '\u202egnp.exe',
      '\ud800',
      'a@b.org,',
      'ü'.repeat(300),
      'w'.repeat(10_000),
      '--=_',
      '(',
    ),
  )

  test('of an edition', async () => {
    const usual = headerNames(mailTo(edition()))
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, hostile, async (subject, name, title, other) => {
        fc.pre(oneLine(subject) !== '')
        const raw = mailTo(
          edition({
            subject,
            preheader: other,
            from: {name, address: 'notes@field-notes.example'},
            site: {title, name: other, language: other, postalAddress: other},
            post: {title: subject, authors: [name, other], excerpt: other, date: other, html: other},
          }),
        )
        expectSound(raw)
        expect(headerNames(raw)).toEqual(usual)
        const parsed = await parse(raw)
        expect(parsed.subject).toBe(oneLine(subject))
        expect(parsed.from).toEqual({name: oneLine(name), address: 'notes@field-notes.example'})
        expect(parsed.to).toEqual([{name: '', address: 'ann@example.org'}])
        expect(parsed.html).toContain('k1.field-notes')
        expect(parsed.text).toContain('k1.field-notes')
      }),
      {numRuns: 150},
    )
  })

  test('of a confirmation', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (title, name) => {
        const raw = Buffer.from(confirmation({title, name}))
        expectSound(raw)
        expect(headerNames(raw)).toEqual([
          'To',
          'Date',
          'Message-ID',
          'From',
          'Subject',
          'Auto-Submitted',
          'X-Auto-Response-Suppress',
          'MIME-Version',
          'Content-Type',
        ])
        expect((await parse(raw)).from).toEqual({name: oneLine(name), address: 'notes@field-notes.example'})
      }),
      {numRuns: 100},
    )
  })
})

function confirmation({title, name, language = 'en'}: {title: string; name: string; language?: string}): Uint8Array {
  const from = {name, address: 'notes@field-notes.example'}
  const {messageId, date} = recipient()
  const confirmUrl = 'https://mail.field-notes.example/confirm?t=abc&x=1'
  return composeConfirmation(
    {site: {...edition().site, title, language}, confirmUrl, from, messageId, date},
    'ann@example.org',
  )
}

test('a confirmation asks one question and gives one link, in both parts', async () => {
  const {subject, text, html} = await parse(confirmation({title: 'Notes from the field', name: 'Notes'}))
  expect(subject).toBe('Confirm your subscription to Notes from the field')
  expect(text).toContain('Yes, subscribe me:\nhttps://mail.field-notes.example/confirm?t=abc&x=1\n')
  expect(html).toContain('href="https://mail.field-notes.example/confirm?t=abc&amp;x=1"')
  expect((await parse(confirmation({title: 'Büro', name: 'B', language: 'de'}))).subject).toBe(
    'Bitte bestätige dein Abo von Büro',
  )
})

test('a Message-ID is the same for a repeat, another for anyone else, and tells nothing', () => {
  const id = messageIdFor('ed_1', 's1', 'field-notes.example')
  expect(id).toMatch(/^<[0-9a-f]{40}@field-notes\.example>$/)
  expect(messageIdFor('ed_1', 's1', 'field-notes.example')).toBe(id)
  expect(messageIdFor('ed_1', 's2', 'field-notes.example')).not.toBe(id)
  expect(messageIdFor('ed_1s', '1', 'field-notes.example')).not.toBe(messageIdFor('ed_1', 's1', 'field-notes.example'))
  expect(() => messageIdFor('e', 's', 'x.org>\r\nBcc: e')).toThrow(
    expect.objectContaining({code: 'mail.domain.invalid'}),
  )
})
