/**
 * Text as it may stand in a header or a heading: one line, no control characters, no characters that turn the
 * direction of what follows, no half surrogates.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}
