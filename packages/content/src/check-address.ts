import {decodePercent} from './slug.ts'

const maxAddressBytes = 500

/** First parts of the addresses that Broadside builds itself; what starts with `~` is another site's. */
const ownAddresses =
  /^\/(?:_|~[^/]*|tags|authors|assets|media)(?:\/|$)|^\/archive\/?(?:$|\d{4}(?:\/|$))|^\/series\/[^/]/
const ownFiles =
  /^\/(?:feed\.xml|atom\.xml|feed\.json|rss\.xml|index\.xml|feeds\.opml|404\.html|robots\.txt|llms\.txt|\.well-known\/security\.txt|sitemap[^/]*\.xml)\/?$/

/** The Markdown of a post, beside its page. */
const ownTwins = /\/index\.md$|\.[a-z][a-z0-9]{0,7}\.md$/

export type CheckedAddress = {address: string} | {problem: string}

/**
 * Address on the site, from `/`, decoded and in NFC, or why it can be none. One without a file extension gets its
 * closing slash. `..`, empty parts, queries and hosts are refused, so that it is safe as a key below any folder.
 */
export function checkAddress(given: string): CheckedAddress {
  const text = given.trim()
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('//')) return {problem: 'names another host'}
  if (/[?#]/.test(text)) return {problem: 'has a query or fragment'}
  const decoded = decodePercent(text)?.normalize('NFC')
  if (decoded === undefined) return {problem: 'has a % that encodes nothing'}
  if (decoded === '') return {problem: 'is empty'}
  if (/[\p{Cc}\p{Zl}\p{Zp}\\?#%]/u.test(decoded) || !decoded.isWellFormed()) {
    return {problem: 'holds a character that addresses cannot have'}
  }
  const parts = decoded.replace(/^\//, '').replace(/\/$/, '').split('/')
  if (parts.length > 1 && parts.includes('')) return {problem: 'has an empty part'}
  if (parts.some((part) => /^\.+$/.test(part) || part.endsWith('.') || part !== part.trim())) {
    return {problem: 'has a part that starts or ends with a space, ends with a dot, or is dots alone'}
  }
  if (parts.some((part) => part.toLowerCase() === '.git')) return {problem: 'has a part that is not published'}
  const last = parts.at(-1) ?? ''
  const isFile = /\.[A-Za-z][A-Za-z0-9]{0,7}$/.test(last) && !decoded.endsWith('/')
  const address = last === '' ? '/' : `/${parts.join('/')}${isFile ? '' : '/'}`
  if (Buffer.byteLength(address) > maxAddressBytes) return {problem: `is longer than ${maxAddressBytes} bytes`}
  return {address}
}

/** Whether Broadside itself builds something at this address, or below its first part. */
export function isReservedAddress(address: string): boolean {
  const folded = address.toLowerCase()
  return folded === '/' || ownAddresses.test(folded) || ownFiles.test(folded) || ownTwins.test(folded)
}
