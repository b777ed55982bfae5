import {isIP} from 'node:net'
import {BroadsideError} from '@broadside/runtime'
import {isMailProvider, providerOf, type MailProvider} from './tag-header.ts'

/** Where and how to connect, read from a URL. */
export type SmtpTarget = {
  host: string
  port: number
  /** TLS from the start (RFC 8314). */
  secure: boolean
  /** What to do about STARTTLS on a plain connection. */
  startTls: 'required' | 'when-offered' | 'off'
  /** Whose server it is, where that makes a difference to the message. */
  provider?: MailProvider
  credentials?: {user: string; pass: string}
}

/**
 * Reads `smtp://user:pass@host:port` or `smtps://…`. The port is 587, or 465 for smtps, unless given.
 *
 * `?tls=required|when-offered|off` says what to do about STARTTLS. Without it TLS is required where there is a
 * password that leaves this host, not asked for on the loopback, and else taken when offered, without looking at the
 * certificate: a plain connection would not have one either. `?provider=ses|postmark|mailgun|sendgrid` says whose server
 * it is, where the host is a relay of yours to them.
 *
 * Throws `smtp.url.invalid` (invalid). Its message never holds the URL, which may hold a password.
 */
export function smtpTarget(url: string): SmtpTarget {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw invalid('it is not a URL')
  }
  if (parsed.protocol !== 'smtp:' && parsed.protocol !== 'smtps:')
    throw invalid('it begins with neither smtp: nor smtps:')
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  if (host === '') throw invalid('it names no host')
  const secure = parsed.protocol === 'smtps:'
  const port = parsed.port === '' ? (secure ? 465 : 587) : Number(parsed.port)
  const provider = readProvider(parsed, host)
  const server = {host, port, secure, ...(provider === undefined ? {} : {provider})}
  if (parsed.username === '') return {...server, startTls: startTlsOf(parsed, host, false)}
  const credentials = {user: decode(parsed.username), pass: decode(parsed.password)}
  return {...server, startTls: startTlsOf(parsed, host, true), credentials}
}

function readProvider(url: URL, host: string): MailProvider | undefined {
  const asked = url.searchParams.get('provider')
  if (asked === null) return providerOf(host)
  if (isMailProvider(asked)) return asked
  throw invalid('its provider parameter is none of ses, postmark, mailgun, sendgrid')
}

function startTlsOf(url: URL, host: string, hasPassword: boolean): SmtpTarget['startTls'] {
  const asked = url.searchParams.get('tls')
  if (asked === 'required' || asked === 'when-offered' || asked === 'off') return asked
  if (asked !== null) throw invalid('its tls parameter is none of required, when-offered, off')
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  return loopback ? 'off' : hasPassword ? 'required' : 'when-offered'
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('its user or password has a % that begins no escape')
  }
}

function invalid(why: string): BroadsideError {
  return new BroadsideError('invalid', 'smtp.url.invalid', `The address of the mail server cannot be used: ${why}`, {
    hint: 'Set SMTP_URL to something like smtp://user:password@mail.example.org:587',
  })
}
