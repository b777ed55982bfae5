import {fromHtml} from 'hast-util-from-html'
import {toMdast} from 'hast-util-to-mdast'
import {gfmToMarkdown} from 'mdast-util-gfm'
import {toMarkdown} from 'mdast-util-to-markdown'
import {elementHandlers} from './html-handlers.ts'

/**
 * Markdown of a body in HTML, as blogs and newsletters export it: tables, footnotes, figures and embeds among it. What
 * Markdown cannot say and Broadside may show stays HTML. `tell` hears of what was left out or became a link.
 */
export function htmlToMarkdown(html: string, tell: (what: string) => void): string {
  const markdown = toMdast(fromHtml(html, {fragment: true}), {
    document: true,
    handlers: elementHandlers(tell),
    // Comments are marks of editors.
    nodeHandlers: {comment: () => undefined},
  })
  return toMarkdown(markdown, {
    extensions: [gfmToMarkdown({tablePipeAlign: false})],
    bullet: '-',
    emphasis: '_',
    rule: '-',
  })
}
