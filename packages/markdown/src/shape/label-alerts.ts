import type {Element} from 'hast'
import type {MarkdownWords} from '../markdown-words.ts'

const kinds = ['note', 'tip', 'important', 'warning', 'caution'] as const
const sign = new RegExp(`^\\[!(${kinds.join('|')})\\][ \\t]*(\\n|$)`, 'i')

/**
 * Turns a quote whose first line is `[!NOTE]`, as GitHub knows it, into a note with its title in the site's language.
 * Changes the element in place.
 */
export function labelAlert(node: Element, words: MarkdownWords): void {
  const first = node.children.find((child) => child.type !== 'text' || child.value.trim() !== '')
  if (first?.type !== 'element' || first.tagName !== 'p') return
  const [text, next] = first.children
  const match = text?.type === 'text' ? sign.exec(text.value) : null
  // What follows on the same line makes it an ordinary quote that begins with brackets.
  const isAlone = match?.[2] === '\n' || next === undefined || (next.type === 'element' && next.tagName === 'br')
  if (text?.type !== 'text' || match === null || !isAlone) return

  const kind = match[1]!.toLowerCase() as (typeof kinds)[number]
  text.value = text.value.slice(match[0].length)
  if (next?.type === 'element' && next.tagName === 'br' && text.value === '') first.children.splice(0, 2)
  if (first.children[0]?.type === 'text') first.children[0].value = first.children[0].value.trimStart()
  const strong: Element = {
    type: 'element',
    tagName: 'strong',
    properties: {},
    children: [{type: 'text', value: words[kind]}],
  }
  const title: Element = {type: 'element', tagName: 'p', properties: {className: ['alert-title']}, children: [strong]}
  const isEmpty = first.children.every((child) => child.type === 'text' && child.value === '')
  node.tagName = 'div'
  node.properties = {className: ['alert', `alert-${kind}`], role: 'note'}
  node.children.splice(node.children.indexOf(first), isEmpty ? 1 : 0, title, ...(isEmpty ? [] : [newLine()]))
}

const newLine = () => ({type: 'text' as const, value: '\n'})
