import type {LivePost, TermKind} from './site-view.ts'

/** Signs that part names: without them C, C# and C++ would share one page. */
const spoken: [string, string][] = [
  ['+', '-plus'],
  ['#', '-sharp'],
  ['&', '-and-'],
]

/** A site files thousands of posts under a few terms. */
const known = new Map<string, string>()
const mostKnown = 1_000

/**
 * The key a tag or author is filed under, and its part of the address: lower case, letters and digits of any script
 * joined by single dashes (`Event sourcing` is `event-sourcing`, `C++` is `c-plus-plus`). Empty when nothing is left:
 * then it is not filed at all.
 */
export function termKey(label: string): string {
  const kept = known.get(label)
  if (kept !== undefined) return kept
  const key = makeKey(label)
  if (known.size >= mostKnown) known.clear()
  known.set(label, key)
  return key
}

function makeKey(label: string): string {
  let text = label.normalize('NFC').toLowerCase()
  for (const [sign, word] of spoken) text = text.replaceAll(sign, word)
  return text.replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-').replaceAll(/^-+|-+$/g, '')
}

/** The terms a post is filed under, each key once, in the author's order and first spelling. */
export function termsOf(post: Pick<LivePost, 'meta'>, kind: TermKind): {key: string; label: string}[] {
  const terms = new Map<string, string>()
  for (const label of namesOf(post, kind)) {
    const key = termKey(label)
    if (key !== '' && !terms.has(key)) terms.set(key, label)
  }
  return [...terms].map(([key, label]) => ({key, label}))
}

function namesOf({meta}: Pick<LivePost, 'meta'>, kind: TermKind): string[] {
  switch (kind) {
    case 'tag':
      return meta.tags
    case 'author':
      return meta.authors
    case 'series':
      return meta.series === undefined ? [] : [meta.series.name]
  }
}
