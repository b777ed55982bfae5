const maxSlugLength = 120

/** Names that file systems keep for devices, and the one that every folder's page has. */
const reservedNames = /^(?:index|con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/

/**
 * Part of an address from a title, tag or file name: lower case, letters and digits of all scripts kept in NFC,
 * everything else a hyphen. May be empty. Safe in keys and URLs as it is, save that URLs percent-encode its letters.
 */
export function slugify(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/[\p{Cf}'’]/gu, '')
    .replaceAll(/[^\p{L}\p{N}\p{M}_.]+/gu, '-')
    .replaceAll(/[-.]{2,}/g, '-')
    .replace(/^[-.]+/, '')
    .replace(/[-.]+$/, '')
}

export type CheckedSlug = {slug: string} | {problem: string}

/** Slug of what an author or a file name gives, or why it can be none. A slug is one part: it holds no slash. */
export function checkSlug(given: string): CheckedSlug {
  const decoded = decodePercent(given)
  if (decoded === undefined) return {problem: 'has a % that encodes nothing'}
  if (/[/\\]/.test(decoded)) return {problem: 'holds a slash, and a slug is one part of an address'}
  if (/\p{Cc}/u.test(decoded) || !decoded.isWellFormed()) return {problem: 'holds a control character'}
  if (/^\.+$/.test(decoded)) return {problem: 'is dots alone'}
  const slug = slugify(decoded)
  if (slug === '') return {problem: 'has no letter or digit'}
  if (Array.from(slug).length > maxSlugLength) return {problem: `is longer than ${maxSlugLength} characters`}
  if (reservedNames.test(slug)) return {problem: 'is a name that servers and file systems keep for themselves'}
  return {slug}
}

/** Undefined when a percent sign is followed by what encodes no UTF-8. */
export function decodePercent(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
