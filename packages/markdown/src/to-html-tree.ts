import type {Root as HtmlRoot} from 'hast'
import type {Nodes, Root} from 'mdast'
import rehypeRaw from 'rehype-raw'
import remarkRehype from 'remark-rehype'
import {unified} from 'unified'
import type {MarkdownOptions} from './fragment.ts'

const parseRaw = unified().use(rehypeRaw).freeze()

/**
 * Markdown's tree as HTML's, with the author's own HTML parsed into it. Not safe yet. Parsing HTML costs more than all
 * the rest together, so documents without any go around it.
 */
export function toHtmlTree(markdown: Root, options: MarkdownOptions = {}): HtmlRoot {
  const {footnoteLabel = 'Footnotes', footnoteBackLabel = 'Back to reference {reference}'} = options
  const tree = unified()
    .use(remarkRehype, {
      allowDangerousHtml: true,
      // The sanitiser prefixes ids; a prefix here too would come out twice and lead no link anywhere.
      clobberPrefix: '',
      footnoteLabel,
      footnoteBackLabel: (index, rerun) =>
        footnoteBackLabel.replace('{reference}', () => `${index + 1}${rerun > 1 ? `-${rerun}` : ''}`),
    })
    .runSync(markdown)
  return hasHtml(markdown) ? parseRaw.runSync(tree) : tree
}

function hasHtml(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasHtml))
}
