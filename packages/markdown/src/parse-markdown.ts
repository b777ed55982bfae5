import type {Root} from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'
import remarkParse from 'remark-parse'
import {unified} from 'unified'
import type {ParserName} from './fragment.ts'
import {linkSchemes} from './link-schemes.ts'

// The native binding is missing on platforms it was not built for; rendering goes on there, only slower.
const satteri = await import('satteri').catch(() => undefined)

const remark = unified().use(remarkParse).use(remarkGfm).freeze()
const remarkWithMath = unified().use(remarkParse).use(remarkGfm).use(remarkMath).freeze()

const maxEntities = 2_000

/** The parser used where none is asked for. */
export const defaultParser: ParserName = satteri === undefined ? 'remark' : 'satteri'

/**
 * CommonMark with GFM to a syntax tree with positions in UTF-16 units. Front matter is not looked for: a body may begin
 * with a thematic break. With `math`, `$…$` and `$$…$$` are formulas. Asking for `satteri` where it cannot load gives
 * remark's tree, which is the same.
 */
export function parseMarkdown(source: string, parser: ParserName = defaultParser, {math = false} = {}): Root {
  const tree = parse(source, parser, math)
  linkSchemes(tree, source)
  return tree
}

function parse(source: string, parser: ParserName, math: boolean): Root {
  if (parser === 'remark' || satteri === undefined || hasManyEntities(source))
    return (math ? remarkWithMath : remark).parse(source)
  return satteri.markdownToMdast(source, {features: {frontmatter: false, gfm: true, math}}) as Root
}

/**
 * Satteri's time over the entities of one paragraph grows with their square, a second for 16,000; remark's does not, and
 * for few of them satteri is faster all the same.
 */
function hasManyEntities(source: string): boolean {
  let found = 0
  for (let at = source.indexOf('&'); at >= 0; at = source.indexOf('&', at + 1)) {
    found += 1
    if (found > maxEntities) return true
  }
  return false
}
