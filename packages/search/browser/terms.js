// The index and the page that searches it share this file, so that both spell a word the same way.

/** Scripts that put no space between words; what is written in them is cut into pairs of letters. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー'
const wordPattern = new RegExp(`[${unspaced}]+|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')
const unspacedPattern = new RegExp(`^[${unspaced}]`, 'u')
/** Accents, and the vowel points of Hebrew and Arabic, which readers leave out. */
const marks = /[\u0300-\u036f\u0591-\u05bd\u064b-\u065f]/g
const longestTerm = 24

/** Plain letters and digits with all that is not ASCII: no word goes beyond one of these. */
const runPattern = /[a-z0-9\u0080-\uffff]+/g
const beyondAscii = /[\u0080-\uffff]/

/**
 * The words of a text as they are searched for: lower case, without accents, `ß` as `ss`, single letters left out.
 * What is written without spaces gives each pair of neighbouring letters.
 */
export function termsOf(text) {
  const folded = beyondAscii.test(text) ? text.normalize('NFKD').replace(marks, '').normalize('NFC') : text
  const terms = []
  for (const run of folded.toLowerCase().replaceAll('ß', 'ss').match(runPattern) ?? []) {
    // Most are plain, and classes of all of Unicode cost ten times as much to match.
    if (beyondAscii.test(run)) addTerms(run, terms)
    else if (run.length > 1) terms.push(run.slice(0, longestTerm))
  }
  return terms
}

function addTerms(run, terms) {
  for (const [word] of run.matchAll(wordPattern)) {
    if (!unspacedPattern.test(word)) {
      if (word.length > 1) terms.push(word.slice(0, longestTerm))
      continue
    }
    const letters = [...word]
    if (letters.length === 1) terms.push(word)
    for (let at = 0; at + 1 < letters.length; at += 1) terms.push(`${letters[at]}${letters[at + 1]}`)
  }
}

/** Which of `count` files of a segment has a term: by its first two letters, so that one has all that begin alike. */
export function bucketOf(term, count) {
  let hash = 0
  for (const letter of term.slice(0, 2)) hash = (hash * 31 + letter.charCodeAt(0)) % 65_521
  return hash % count
}

/**
 * How well a term of the index answers a word that somebody typed, from 0 to 1: the word itself; a longer one that
 * begins with it; one that differs in a short ending, as `query` and `queries` do.
 */
export function nearness(word, term) {
  if (word === term) return 1
  if (term.startsWith(word)) return 0.4 + (0.4 * word.length) / term.length
  let shared = 0
  while (shared < word.length && word[shared] === term[shared]) shared += 1
  const isEnding = shared >= 4 && word.length - shared <= 3 && term.length - shared <= 3
  return isEnding ? 0.3 : 0
}

/** `[post, weight]` pairs from the text that `packPostings` made of them. */
export function unpackPostings(packed) {
  const postings = []
  let post = -1
  for (const [, letters, weight] of packed.matchAll(/([a-z]*)(\d)/g)) {
    let step = 0
    for (const letter of letters) step = step * 26 + letter.charCodeAt(0) - 96
    post += step + 1
    postings.push([post, Number(weight)])
  }
  return postings
}
