import {domainToASCII} from 'node:url'
import {BroadsideError} from '@broadside/runtime'

export type ParsedAddress = {
  /** As it is written in RCPT TO: local part as given, domain in ASCII and lower case. */
  address: string
  /** Two addresses with one key are one person: the address in lower case. */
  key: string
  domain: string
}

// RFC 5321 4.1.2 Dot-string; quoted local parts are legal and refused, since they only ever come from attacks.
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Reads one bare mail address (one strict addr-spec, nothing around it). What comes back can stand in an SMTP command
 * and in a header without any quoting: no list, comment, display name, control character or line end gets through.
 * An internationalised domain is turned to ASCII; the local part must be ASCII, as few servers speak SMTPUTF8.
 *
 * Throws `address.invalid` (invalid). Its message does not repeat the address.
 */
export function parseAddress(input: string): ParsedAddress {
  if (input.length > 254) throw refused('it is longer than 254 characters')
  const at = input.indexOf('@')
  if (at < 0) throw refused('it has no @')
  const local = input.slice(0, at)
  if (local.length > 64) throw refused('the part before the @ is longer than 64 characters')
  if (!localPart.test(local)) throw refused('the part before the @ has a character that is not allowed there')
  const domain = asciiDomain(input.slice(at + 1))
  const address = `${local}@${domain}`
  if (address.length > 254) throw refused('it is longer than 254 characters')
  return {address, key: address.toLowerCase(), domain}
}

/** Whether `address` is in the very form that `parseAddress` gives. Asked again before every submission. */
export function isSafeAddress(address: string): boolean {
  try {
    return parseAddress(address).address === address
  } catch {
    return false
  }
}

function asciiDomain(input: string): string {
  // domainToASCII reads what a browser would: percent escapes, ports, IPv4 in hex. Only names may reach it.
  if (!/^[A-Za-z0-9.\-\u00a1-\u{10ffff}]+$/u.test(input)) {
    throw refused('the domain has a character that is not allowed there')
  }
  // A plain name is its own ASCII form; of a long list most are, and asking costs more than all the rest.
  const isPlain = /^[A-Za-z0-9.-]+\.[A-Za-z]{2,}$/.test(input) && !/xn--/i.test(input)
  const domain = isPlain ? input.toLowerCase() : domainToASCII(input.toLowerCase())
  const labels = domain.split('.')
  if (domain === '' || domain.length > 255 || !labels.every((part) => label.test(part))) {
    throw refused('the domain is not a name')
  }
  if (labels.length < 2 && domain !== 'localhost') throw refused('the domain has no dot')
  if (/^\d+$/.test(labels.at(-1) ?? '')) throw refused('the domain is a number')
  return domain
}

function refused(why: string): BroadsideError {
  return new BroadsideError('invalid', 'address.invalid', `This is not a mail address: ${why}`, {
    hint: 'Give one plain address such as ann@example.org',
  })
}
