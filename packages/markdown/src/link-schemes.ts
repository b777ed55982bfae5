import type {Link, Nodes, PhrasingContent, Root} from 'mdast'

const scheme = /(?<![A-Za-z0-9])(?:mailto|xmpp):$/
/** What may follow the address of a chat: one part, in which a point stands between others. */
const resource = /^\/(?:[A-Za-z0-9@]|\.(?=[A-Za-z0-9]))+/

/**
 * Takes the scheme before a bare address into its link, as GFM has it (0.29, 6.9, extended protocol autolinks):
 * `mailto:a@b.example`, and `xmpp:a@b.example/room` with what follows. Both parsers link the address alone, as if it were
 * always one of mail. Changes the tree in place.
 */
export function linkSchemes(tree: Root, source: string): void {
  // Hardly any document has one, and walking costs more than looking.
  if (/(?:mailto|xmpp):[^\s@]+@/.test(source)) join(tree)
}

function join(node: Nodes): void {
  if (!('children' in node)) return
  // The list is one of whatever may stand in this node, and what is put into it may stand wherever text may.
  const children = node.children as PhrasingContent[]
  for (let at = 0; at < children.length; at += 1) {
    const [before, link] = [children[at - 1], children[at]!]
    const found = before?.type === 'text' ? scheme.exec(before.value)?.[0] : undefined
    if (before?.type !== 'text' || found === undefined || !isBareAddress(link)) {
      join(link)
      continue
    }
    before.value = before.value.slice(0, -found.length)
    const address = `${found}${textOf(link)}`
    const after = found === 'xmpp:' ? takeResource(children, at + 1) : ''
    link.url = `${address}${after}`
    link.children = [{type: 'text', value: link.url}]
    if (before.value === '') {
      children.splice(at - 1, 1)
      at -= 1
    }
  }
}

/** A link that no author wrote as one: its text is all there is of it. */
function isBareAddress(node: PhrasingContent): node is Link {
  if (node.type !== 'link' || node.url !== `mailto:${textOf(node)}`) return false
  const {start, end} = node.position ?? {}
  return start?.offset === undefined || end?.offset === undefined || end.offset - start.offset === textOf(node).length
}

function textOf({children}: Link): string {
  const [text] = children
  return children.length === 1 && text?.type === 'text' ? text.value : ''
}

/** Takes the resource off the nodes from `from` on, of which a parser may have made an address of its own. */
function takeResource(children: PhrasingContent[], from: number): string {
  let text = ''
  let end = from
  for (let node = children[end]; node !== undefined; node = children[end]) {
    if (node.type === 'text') text += node.value
    else if (isBareAddress(node)) text += textOf(node)
    else break
    end += 1
  }
  const taken = resource.exec(text)?.[0] ?? ''
  if (taken === '') return ''
  const rest = text.slice(taken.length)
  children.splice(from, end - from, ...(rest === '' ? [] : [{type: 'text' as const, value: rest}]))
  return taken
}
