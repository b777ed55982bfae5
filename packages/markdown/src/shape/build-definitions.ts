import type {Element, ElementContent, Parents} from 'hast'

/**
 * Turns a paragraph of terms and `: definitions` into a definition list, as PHP Markdown Extra and Pandoc read them:
 *
 *     Term
 *     : What it means
 *     : What else it means
 *
 * A paragraph that begins with `: ` goes on with the list before it, or takes the one-line paragraph before it as term.
 */
export function buildDefinitions(node: Element, index: number, parent: Parents): void {
  const lines = splitLines(node.children)
  const firstDefinition = lines.findIndex(isDefinition)
  if (firstDefinition < 0) return
  if (firstDefinition > 0) {
    parent.children[index] = listOf(lines)
    return
  }
  const before = previousBlock(parent, index)
  if (before?.node.tagName === 'dl') {
    before.node.children.push(...listOf(lines).children)
  } else if (before?.node.tagName === 'p' && splitLines(before.node.children).length === 1) {
    parent.children[before.index] = listOf([before.node.children, ...lines])
  } else return
  parent.children[index] = {type: 'text', value: ''}
}

type Line = ElementContent[]

/** The children of a paragraph by the lines its author wrote. */
function splitLines(children: ElementContent[]): Line[] {
  const lines: Line[] = [[]]
  for (const child of children) {
    if (child.type !== 'text') {
      lines.at(-1)!.push(child)
      continue
    }
    child.value.split('\n').forEach((value, at) => {
      if (at > 0) lines.push([])
      if (value !== '') lines.at(-1)!.push({...child, value})
    })
  }
  return lines
}

function isDefinition([first]: Line): boolean {
  return first?.type === 'text' && /^:[ \t]+\S|^:[ \t]+$/.test(first.value)
}

function listOf(lines: Line[]): Element {
  const items: Element[] = []
  for (const line of lines) {
    const [first, ...rest] = line
    if (isDefinition(line) && first?.type === 'text') {
      items.push(item('dd', [{...first, value: first.value.replace(/^:[ \t]+/, '')}, ...rest]))
    } else if (items.at(-1)?.tagName === 'dd') {
      // A line without its own colon goes on with the definition above it.
      items.at(-1)!.children.push({type: 'text', value: '\n'}, ...line)
    } else items.push(item('dt', line))
  }
  const children = items.flatMap((node): ElementContent[] => [{type: 'text', value: '\n'}, node])
  return {type: 'element', tagName: 'dl', properties: {}, children: [...children, {type: 'text', value: '\n'}]}
}

const item = (tagName: 'dt' | 'dd', children: Line): Element => ({type: 'element', tagName, properties: {}, children})

function previousBlock({children}: Parents, index: number): {node: Element; index: number} | undefined {
  for (let at = index - 1; at >= 0; at -= 1) {
    const node = children[at]
    if (node?.type === 'element') return {node, index: at}
    if (node?.type === 'text' && node.value.trim() !== '') return undefined
  }
  return undefined
}
