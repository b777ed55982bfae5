import type {Heading} from '@broadside/markdown'
import type {ContentsModel} from '@broadside/theme'

/**
 * The table of contents of a text: its headings of the highest level that it has, each with those of the next level
 * below it; deeper ones are left out. What stands before the first of the highest level stands by itself. Undefined
 * where there is none.
 */
export function contentsOf(headings: Heading[]): ContentsModel | undefined {
  const highest = Math.min(...headings.map(({depth}) => depth))
  const contents: ContentsModel = []
  for (const {depth, id, text} of headings) {
    const link = {label: text, url: `#${encodeURIComponent(id)}`}
    const above = contents.at(-1)
    if (depth === highest || above === undefined) contents.push({...link, parts: []})
    else if (depth === highest + 1) above.parts.push(link)
  }
  return contents.length === 0 ? undefined : contents
}
