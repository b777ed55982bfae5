import type {Diagnostic} from '@broadside/content'
import type {Element, Parents, Root} from 'hast'
import {eachElement} from '../each-element.ts'
import {isFootnoteLabel} from '../footnotes.ts'
import type {MarkdownOptions} from '../fragment.ts'
import type {Inserts} from '../inserts.ts'
import type {MarkdownWords} from '../markdown-words.ts'
import {insertMath} from '../math/insert-math.ts'
import {insertCode, languageOf} from './insert-code.ts'
import {labelTask} from './label-task.ts'
import {linkHeading} from './link-heading.ts'

export type FinishOptions = {
  words: MarkdownWords
  inserts: Inserts
  markdown: MarkdownOptions
  file: string
  bodyLine: number
}

/**
 * What a sanitised tree is given last: colours for code, MathML for TeX, labels, links of headings, boxes around
 * tables. What is made here no sanitiser sees again, so it is all built from escaped text. Returns what the author
 * should know.
 */
export function finishTree(tree: Root, options: FinishOptions): Diagnostic[] {
  const {words, inserts, markdown} = options
  const diagnostics: Diagnostic[] = []
  const math = (node: Element, index: number, parent: Parents, display: boolean) => {
    const problem = insertMath(node, index, parent, inserts, {...options, display})
    if (problem !== undefined) diagnostics.push(problem)
  }
  eachElement(tree, (node, index, parent) => {
    switch (node.tagName) {
      case 'pre':
        if (isDisplayMath(node)) math(node, index, parent, true)
        else insertCode(node, index, parent, inserts, markdown)
        break
      case 'code':
        if (languageOf(node) === 'math' && parent.children[index] === node && !isPre(parent))
          math(node, index, parent, false)
        else delete node.properties['dataInfo']
        break
      case 'input':
        labelTask(node, index, parent, words, inserts)
        break
      case 'table':
        parent.children[index] = boxAround(node)
        break
      case 'h1':
      case 'h2':
      case 'h3':
      case 'h4':
      case 'h5':
      case 'h6':
        if (markdown.headingLinks !== false && !isFootnoteLabel(node)) linkHeading(node, words, inserts)
    }
  })
  return diagnostics
}

const isPre = (node: Parents) => node.type === 'element' && node.tagName === 'pre'

function isDisplayMath({children}: Element): boolean {
  const [first, ...rest] = children
  return rest.length === 0 && first?.type === 'element' && first.tagName === 'code' && languageOf(first) === 'math'
}

/** A box that scrolls, by keyboard too, so that a wide table does not widen the page. */
function boxAround(table: Element): Element {
  const properties = {className: ['table'], tabIndex: 0, role: 'region'}
  return {type: 'element', tagName: 'div', properties, children: [table]}
}
