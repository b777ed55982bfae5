/** At-rules that name no other file. */
const rules = /@(?!(?:media|supports|keyframes|-webkit-keyframes|layer)\b)/i
/** Functions that fetch. `url(#part)` points into the drawing itself. */
const fetching = /\b(?:image|image-set|-webkit-image-set|cross-fade|src|expression)\s*\(|url\s*\((?!\s*["']?\s*#)/i

/**
 * Whether CSS, or the value of an attribute that is read as CSS, leads nowhere outside the drawing. It says no to whatever
 * it would have to understand first: escapes can spell any word.
 */
export function isSafeCss(css: string): boolean {
  return (
    !css.includes('\\') && !rules.test(css) && !fetching.test(css) && !/javascript:|-moz-binding|behavior/i.test(css)
  )
}
