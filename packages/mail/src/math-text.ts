import {defaultTreeAdapter as tree, type DefaultTreeAdapterTypes as Dom} from 'parse5'

/**
 * A formula in one line of text, as it would be typed: `∑_(i=1)^n i = (n(n+1))/2`. Mail programs show no MathML, and
 * what takes up pixels would need a picture for each.
 */
export function mathText(node: Dom.Element): string {
  return print(node).replace(/\s+/g, ' ').trim()
}

/** Signs that stand apart from what is around them; `-` does as well, but not in front of its number. */
const apart = /^[=<>≤≥≠≈≡∈∉⊂⊆→⇒⇔↦+±×·∪∩∧∨]$/

function print(node: Dom.Element): string {
  const parts = node.childNodes.filter(tree.isElementNode)
  const at = (index: number) => (parts[index] === undefined ? '' : print(parts[index]))
  const tied = (index: number) => bracketed(at(index))
  switch (node.tagName) {
    case 'mi':
    case 'mn':
    case 'mtext':
    case 'ms':
      return textOf(node)
    case 'mo': {
      const sign = textOf(node).replace(/[\u2061-\u2064]/g, '')
      return apart.test(sign) ? ` ${sign} ` : /^[,;]$/.test(sign) ? `${sign} ` : sign
    }
    case 'mspace':
      return ' '
    case 'mfrac':
      return `${tied(0)}/${tied(1)}`
    case 'msqrt':
      return `√(${parts.map(print).join('').trim()})`
    case 'mroot':
      return `${tied(0)}^(1/${at(1)})`
    case 'msup':
    case 'mover':
      return `${tied(0)}^${tied(1)}`
    case 'msub':
    case 'munder':
      return `${tied(0)}_${tied(1)}`
    case 'msubsup':
    case 'munderover':
      return `${tied(0)}_${tied(1)}^${tied(2)} `
    case 'mtr':
      return parts.map(print).join(' ')
    case 'mtable':
      return `[${parts.map((row) => print(row).trim()).join('; ')}]`
    case 'annotation':
    case 'annotation-xml':
    case 'mphantom':
      return ''
    default:
      return parts.map(print).join('')
  }
}

/** What is more than one thing is held together. */
function bracketed(text: string): string {
  const inner = text.trim()
  return /^([\p{L}\p{M}]|[\d.]+|\P{L})$/u.test(inner) ? inner : `(${inner})`
}

function textOf(node: Dom.ParentNode): string {
  return node.childNodes.map((child) => (tree.isTextNode(child) ? child.value : '')).join('')
}
