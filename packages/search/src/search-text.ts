import {termsOf} from '../browser/terms.js'

/** What a post is found by and shown as. */
export type SearchPost = {
  /** As pages link to it. */
  url: string
  title: string
  /** As people read it; empty where there is none. */
  date: string
  excerpt: string
  headings: string[]
  /** Names of tags, authors and series. */
  names: string[]
  /** The body: HTML as it is printed, of which the text counts. */
  html: string
}

/** A post with its words weighed: what an index keeps of it. */
export type SearchText = {
  shown: [url: string, title: string, date: string, excerpt: string]
  weights: Map<string, number>
}

const weightOf = {title: 5, name: 3, heading: 2, most: 9}

/** The words of a post and how much each says of it, from 1 to 9. */
export function searchText(post: SearchPost): SearchText {
  const weights = new Map<string, number>()
  for (const term of termsOf(textOf(post.html))) weights.set(term, (weights.get(term) ?? 0) + 1)
  for (const term of termsOf(post.excerpt)) if (!weights.has(term)) weights.set(term, 1)
  // Twice as often says a little more: 1, then 2 from the third time, 3 from the ninth.
  for (const [term, count] of weights) if (count > 1) weights.set(term, count < 3 ? 1 : count < 9 ? 2 : 3)
  const add = (texts: string[], weight: number) => {
    for (const term of new Set(texts.flatMap(termsOf)))
      weights.set(term, Math.min(weightOf.most, (weights.get(term) ?? 0) + weight))
  }
  add(post.headings, weightOf.heading)
  add(post.names, weightOf.name)
  add([post.title], weightOf.title)
  return {shown: [post.url, post.title, post.date, post.excerpt], weights}
}

const tag = /<(?:"[^"]*"|'[^']*'|[^'">])*>/g
const inline = /^<\/?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u|var)\b/i
const entities: Record<string, string> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' '}

/** The text of printed HTML; an element of the line does not part a word, any other does. */
function textOf(html: string): string {
  return html
    .replace(tag, (whole) => (inline.test(whole) ? '' : ' '))
    .replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      if (Number.isNaN(code)) return entities[name] ?? whole
      return code <= 0x10_ffff ? String.fromCodePoint(code) : whole
    })
}
