import type {Element, Root as HtmlRoot} from 'hast'
import type {Code, Definition, FootnoteDefinition, Nodes, Root} from 'mdast'
import {defaultHandlers, toHast} from 'mdast-util-to-hast'
import type {Handlers, State} from 'mdast-util-to-hast'
import type {MarkdownWords} from './markdown-words.ts'
import {parseRawHtml} from './parse-raw-html.ts'

/**
 * What two kinds of nodes become beside their usual elements. Parsing raw HTML forgets whatever is not in the HTML, so
 * the rest of a fence's info string travels as an attribute; and formulas come from two parsers, of which one says
 * nothing of elements.
 */
const handlers: Handlers = {
  code(state, node: Code) {
    const made = defaultHandlers.code(state, node)
    const code = made.children[0] as Element
    if (node.meta) code.properties['dataInfo'] = node.meta
    return made
  },
  math: (state, node: {value: string}) => formula(state, node, 'pre'),
  inlineMath: (state, node: {value: string}) => formula(state, node),
}

/** Markdown's tree as HTML's, with the author's own HTML parsed into it. Not safe yet. */
export function toHtmlTree(markdown: Root, words: MarkdownWords): HtmlRoot {
  const tree = toHast(
    // Definitions are looked for in the tree by a general visitor, which took a fifth of all rendering. It is given
    // the definitions alone, and the root's handler goes on with the whole tree.
    {type: 'root', children: definitionsIn(markdown)},
    {
      allowDangerousHtml: true,
      // The sanitiser prefixes ids; a prefix here too would come out twice and lead no link anywhere.
      clobberPrefix: '',
      footnoteLabel: words.footnotes,
      footnoteBackLabel: (index, rerun) =>
        words.footnoteBack.replace('{reference}', () => `${index + 1}${rerun > 1 ? `-${rerun}` : ''}`),
      // Handlers are typed for what stands below the root, though the root has one too.
      handlers: {...handlers, root: (state: State) => defaultHandlers.root(state, markdown) as never},
    },
  ) as HtmlRoot
  return hasHtml(markdown) ? parseRawHtml(tree) : tree
}

type Definitions = (Definition | FootnoteDefinition)[]

function definitionsIn(node: Nodes, found: Definitions = []): Definitions {
  if (node.type === 'definition' || node.type === 'footnoteDefinition') found.push(node)
  // What a footnote holds is found in the footnote.
  else if ('children' in node) for (const child of node.children) definitionsIn(child, found)
  return found
}

function formula(state: State, node: {value: string}, around?: string): Element {
  const className = ['language-math', around === undefined ? 'math-inline' : 'math-display']
  const code: Element = {type: 'element', tagName: 'code', properties: {className}, children: [text(node.value)]}
  const made = around === undefined ? code : {...code, tagName: around, properties: {}, children: [code]}
  state.patch(node as never, made)
  return made
}

const text = (value: string) => ({type: 'text' as const, value})

function hasHtml(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasHtml))
}
