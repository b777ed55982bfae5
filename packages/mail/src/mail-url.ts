import {BroadsideError} from '@broadside/runtime'

/**
 * An address for a link or a header: http or https, ASCII, at most 800 characters, nothing in it that could end the
 * header or the attribute it stands in. Throws `mail.url.invalid` (invalid), without repeating the address.
 */
export function mailUrl(input: string, what: string): string {
  const url = URL.parse(input)
  const href = url?.href ?? ''
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    href.length > 800 ||
    !/^[\x21\x23-\x3b\x3d\x3f-\x7e]+$/.test(href)
  ) {
    throw new BroadsideError('invalid', 'mail.url.invalid', `The ${what} is not an address that can stand in a mail`, {
      hint: 'It must begin with http:// or https:// and have 800 characters at most',
    })
  }
  return href
}

/** Whether a mailbox provider, or a test on this host, may be told to POST there (RFC 8058 asks for https). */
export function isOneClick(href: string): boolean {
  const {protocol, hostname} = new URL(href)
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname)
}
