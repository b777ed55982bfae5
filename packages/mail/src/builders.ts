import type {EditionInput, Recipient} from './edition-message.ts'

/** Inputs for tests: whole and plain, each overridable by what the test is about. */
export function edition(
  changes: Omit<Partial<EditionInput>, 'post' | 'site'> & {
    post?: Partial<EditionInput['post']>
    site?: Partial<EditionInput['site']>
  } = {},
): EditionInput {
  return {
    subject: 'When NATS and when Kafka',
    from: {name: 'Notes from the field', address: 'notes@field-notes.example'},
    listId: 'field-notes.example.org',
    unsubscribeMailto: 'leave@field-notes.example',
    editionId: 'ed_1',
    ...changes,
    site: {
      name: 'field-notes',
      title: 'Notes from the field',
      homeUrl: 'https://field-notes.example/',
      language: 'en',
      postalAddress: '1 Long Lane\nUlm',
      ...changes.site,
    },
    post: {
      title: 'When NATS and when Kafka',
      url: 'https://field-notes.example/posts/when-nats/',
      html: '<p>Ask who must <em>replay</em>.</p>',
      date: '2026-11-02',
      authors: ['The platform team'],
      excerpt: 'Ask who must replay.',
      ...changes.post,
    },
  }
}

export function recipient(changes: Partial<Recipient> = {}): Recipient {
  return {
    address: 'ann@example.org',
    unsubscribeUrl: 'https://mail.field-notes.example/u?t=k1.field-notes.s1.0.abc&lang=en',
    oneClickUrl: 'https://mail.field-notes.example/one-click?t=k1.field-notes.s1.0.abc',
    messageId: '<0123456789abcdef@field-notes.example>',
    date: new Date('2026-11-02T09:00:00Z'),
    ...changes,
  }
}
