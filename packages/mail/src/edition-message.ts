export type Mailbox = {name: string; address: string}

/** What a mail says about its site. */
export type MailSite = {
  name: string
  title: string
  homeUrl: string
  /** BCP 47; English words stand in where the language table has none. */
  language: string
  postalAddress?: string
}

export type EditionPost = {
  title: string
  url: string
  /** Mail variant of the fragment: sanitised, all addresses absolute. */
  html: string
  /** The day as `YYYY-MM-DD`, or an ISO 8601 instant. */
  date: string
  authors: string[]
  excerpt: string
}

export type EditionInput = {
  site: MailSite
  post: EditionPost
  subject: string
  /** The line that inboxes show beside the subject; the excerpt unless given. */
  preheader?: string
  from: Mailbox
  replyTo?: string
  /** As in RFC 2919: `field-notes.example.org`. */
  listId: string
  /** An address that takes requests to leave, for mail programs that cannot POST. */
  unsubscribeMailto?: string
  editionId: string
  /** How it is counted what readers do; it is not, unless given. */
  counting?: ReaderCounting
  /** What it puts right, where it is sent after another mail of the same post. */
  correction?: Correction
}

export type ReaderCounting = {
  /** Where a link leads instead; it passes on to `url`. */
  linkFor?: (url: string) => string
  /** A picture of one pixel that is loaded when a mail is opened. */
  pixelUrl?: string
}

export type Correction = {
  /** The edition that is corrected, and what its Message-IDs end with. */
  of: ThreadStart
  /** The day on which that was sent: `YYYY-MM-DD`, or an ISO 8601 instant. */
  sentOn: string
  /** What was wrong, in the author's words. */
  note?: string
}

/** Whose mails the mails of another edition answer, in the threads of mail programs. */
export type ThreadStart = {editionId: string; domain: string}

/** A mail that tells of several posts, in the order in which they are given. */
export type DigestInput = Omit<EditionInput, 'post' | 'subject' | 'preheader' | 'correction'> & {
  posts: Omit<EditionPost, 'html'>[]
}

/**
 * One message of an edition, frozen: JSON, the same for every recipient. `text` and `html` hold marks where the
 * personal parts go (see `personal-marks.ts`); show them to people with `previewFor`.
 */
export type EditionMessage = {
  readonly version: 1
  readonly editionId: string
  readonly subject: string
  readonly from: Readonly<Mailbox>
  readonly replyTo?: string
  readonly listId: string
  readonly listTitle: string
  readonly unsubscribeMailto?: string
  /** What is counted; nothing where it is left out. */
  readonly counts?: Readonly<{clicks: boolean; pixelUrl?: string}>
  readonly answers?: Readonly<ThreadStart>
  readonly text: string
  readonly html: string
}

export type Recipient = {
  address: string
  /** Page with the unsubscribe form. */
  unsubscribeUrl: string
  /** Page where somebody chooses what they get; the one above unless given. */
  preferencesUrl?: string
  /** Address that takes the one-click POST (RFC 8058). */
  oneClickUrl: string
  /** An address of the recipient's own that takes a request to leave; else that of the message, where it has one. */
  leaveAddress?: string
  /** With angle brackets, from `messageIdFor`. */
  messageId: string
  /** The Message-ID of the mail of the same recipient that this one corrects, with angle brackets. */
  inReplyTo?: string
  date: Date
}

export type ConfirmationInput = {
  site: MailSite
  confirmUrl: string
  from: Mailbox
  replyTo?: string
  /** With angle brackets, from `messageIdFor`. */
  messageId: string
  date: Date
}
