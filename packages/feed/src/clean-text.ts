/**
 * Characters that XML 1.0 cannot carry, not even escaped (its production 2, `Char`): C0 controls save tab, line feed
 * and carriage return, U+FFFE and U+FFFF.
 */
// oxlint-disable-next-line no-control-regex -- Control characters are what this is about.
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** `text` without what XML cannot carry; half a surrogate pair becomes U+FFFD, as it would on the wire. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(notXml, '')
}

/** Plain text for an element that readers take for HTML. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
