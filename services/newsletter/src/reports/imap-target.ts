import {isIP} from 'node:net'
import {BroadsideError} from '@broadside/runtime'

/** A mailbox and how to get at it, read from a URL. */
export type ImapTarget = {
  host: string
  port: number
  /** TLS from the start (RFC 8314). */
  secure: boolean
  /** Whether a plain connection goes over to TLS before anybody logs in: always, but on this machine. */
  startTls: boolean
  user: string
  pass: string
  mailbox: string
}

/**
 * Reads `imaps://user:password@host/INBOX`, or `imap://…` for STARTTLS. The mailbox is INBOX unless given.
 *
 * @throws BroadsideError `reports.imap-url` (invalid); its message holds no part of the URL, which has a password.
 */
export function imapTarget(url: string): ImapTarget {
  const parsed = URL.parse(url)
  const host = parsed?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const isKnown = parsed?.protocol === 'imaps:' || parsed?.protocol === 'imap:'
  if (parsed === null || !isKnown || host === '' || parsed.username === '' || parsed.password === '') {
    throw new BroadsideError('invalid', 'reports.imap-url', 'the address of the mailbox for reports cannot be used', {
      hint: 'Set REPORTS_IMAP_URL to something like imaps://user:password@mail.example.org/INBOX, with %-escapes',
    })
  }
  const secure = parsed.protocol === 'imaps:'
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  const mailbox = decodeURIComponent(parsed.pathname.slice(1))
  return {
    host,
    port: parsed.port === '' ? (secure ? 993 : 143) : Number(parsed.port),
    secure,
    startTls: !secure && !isLoopback,
    user: decodeURIComponent(parsed.username),
    pass: decodeURIComponent(parsed.password),
    mailbox: mailbox === '' ? 'INBOX' : mailbox,
  }
}
