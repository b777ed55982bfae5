import type {Element, Root} from 'hast'
import {eachElement} from '../each-element.ts'
import type {MarkdownWords} from '../markdown-words.ts'
import {buildDefinitions} from './build-definitions.ts'
import {buildFigure} from './build-figure.ts'
import {embedFrame, embedLink} from './embeds.ts'
import {labelAlert} from './label-alerts.ts'

/**
 * The constructs that are Markdown by another reading: alerts, definition lists, figures, and links and frames to
 * videos. They come before the sanitiser, which judges what they make as it judges the rest.
 */
export function shapeTree(tree: Root, words: MarkdownWords): void {
  eachElement(tree, (node, index, parent) => {
    if (node.tagName === 'blockquote') labelAlert(node, words)
    else if (node.tagName === 'iframe') embedFrame(node, index, parent, words)
    else if (node.tagName === 'p') {
      const first = firstOf(node)
      if (first?.tagName === 'iframe') embedFrame(first, node.children.indexOf(first), node, words)
      if (first?.tagName === 'img' || first?.tagName === 'a') buildFigure(node, index, parent)
      if (first?.tagName === 'a' || first?.tagName === 'iframe') embedLink(node, index, parent, words)
      if (parent.children[index] === node) buildDefinitions(node, index, parent)
    }
  })
}

function firstOf({children}: Element): Element | undefined {
  const first = children.find((child) => child.type !== 'text' || child.value.trim() !== '')
  return first?.type === 'element' ? first : undefined
}
