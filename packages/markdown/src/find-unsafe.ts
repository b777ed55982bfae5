import type {Diagnostic} from '@broadside/content'
import type {Element, Root} from 'hast'
import {eachElement} from './each-element.ts'
import {safeSchema} from './safe-schema.ts'
import {sanitizeTree} from './sanitize-tree.ts'

type Place = {file: string; bodyLine: number}
type Finding = Diagnostic & {times: number}

/**
 * What the sanitiser is about to take out of a tree, for its author: one warning for each kind of thing, at the first
 * place it stands. Asks the sanitiser itself, element by element, so that the two cannot disagree.
 */
export function findUnsafe(tree: Root, {file, bodyLine}: Place): Diagnostic[] {
  const findings = new Map<string, Finding>()
  const report = (node: Element, message: string, cure: string) => {
    const known = findings.get(message)
    if (known !== undefined) {
      known.times += 1
      return
    }
    const start = node.position?.start
    const place = start === undefined ? {} : {line: start.line + bodyLine - 1, column: start.column}
    findings.set(message, {severity: 'warning', code: 'markdown.unsafe-html', file, ...place, message, cure, times: 1})
  }

  eachElement(tree, (node) => {
    if (isPlain(node)) return
    const safe = sanitized(node)
    if (safe === undefined) {
      report(node, `<${node.tagName}> was removed: it is not on the list of allowed HTML.`, cureFor(node.tagName))
      return
    }
    for (const [name, value] of Object.entries(node.properties)) {
      if (name in safe.properties || value === null || value === undefined || value === false) continue
      const attribute = name.toLowerCase()
      if (isAddress(attribute)) report(node, ...unsafeAddress(node.tagName, attribute))
      else
        report(
          node,
          `The attribute ${attribute} of <${node.tagName}> was removed: it is not on the list of allowed HTML.`,
          'Take it out; use a class where it was about looks.',
        )
    }
  })
  return [...findings.values()].map(({times, ...diagnostic}) =>
    times === 1 ? diagnostic : {...diagnostic, message: `${diagnostic.message} It is there ${times} times.`},
  )
}

const tagNames = new Set(safeSchema.tagNames)
const plainAttributes = new Map(
  Object.entries({
    a: ['href', 'title'],
    code: ['className'],
    img: ['alt', 'src', 'title'],
    input: ['checked', 'disabled', 'type'],
    li: ['className'],
    ol: ['start'],
    td: ['align'],
    th: ['align'],
    ul: ['className'],
  }),
)

/** Most elements are what Markdown makes of itself, and asking the sanitiser about each would double its work. */
function isPlain({tagName, properties}: Element): boolean {
  if (!tagNames.has(tagName)) return false
  for (const name in properties) {
    if (plainAttributes.get(tagName)?.includes(name) !== true) return false
    const value = String(properties[name])
    if (isAddress(name) && value.includes(':') && !/^https?:/.test(value)) return false
  }
  return true
}

function sanitized({tagName, properties, position}: Element): Element | undefined {
  const alone: Element = {type: 'element', tagName, properties, children: []}
  if (position !== undefined) alone.position = position
  // Rows and cells are only allowed inside a table, which this one lends them.
  const table: Element = {type: 'element', tagName: 'table', properties: {}, children: [alone]}
  const root = sanitizeTree({type: 'root', children: [table]})
  const [safe] = (root.children[0] as Element).children
  return safe as Element | undefined
}

const isAddress = (attribute: string) => ['href', 'src', 'cite', 'poster'].includes(attribute)

function unsafeAddress(tagName: string, attribute: string): [message: string, cure: string] {
  return [
    `The ${attribute} of <${tagName}> was removed: addresses of this kind may not stand in a page.`,
    'Use a relative address or one that begins with https:.',
  ]
}

function cureFor(tagName: string): string {
  if (tagName === 'iframe' || tagName === 'object' || tagName === 'embed')
    return 'Link to the page instead of embedding it.'
  if (tagName === 'script' || tagName === 'style') return 'Take it out; how a page looks and works is up to the theme.'
  if (tagName === 'svg') return 'Keep the drawing in a file of its own and show it as an image.'
  return 'Write it in Markdown or with other HTML. To show it as it is, put it between backticks.'
}
