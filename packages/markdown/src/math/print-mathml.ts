import loaded from 'temml'
import {escapeAttribute, escapeText} from '../escape-html.ts'

/** A node of Temml's tree; which fields it has depends on its class, which is not trusted here. */
type MathNode = {
  type?: string
  text?: string
  attributes?: Record<string, unknown>
  classes?: string[]
  style?: Record<string, string>
  children?: MathNode[]
}

// Its types describe a module of CommonJS, whose default they give another level.
const temml = loaded as unknown as (typeof loaded)['default']
const {ParseError, __renderToMathMLTree: renderTree} = temml

export type PrintedMath = {html: string} | {problem: string; offset: number | undefined}

const tags = new Set(
  (
    'math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover ' +
    'munderover mmultiscripts mprescripts none mtable mtr mtd menclose'
  ).split(' '),
)

const attributes = new Set(
  (
    'accent accentunder columnalign columnspan depth display displaystyle fence form height largeop linethickness lspace ' +
    'mathbackground mathcolor mathvariant maxsize minsize movablelimits notation rowspacing rowspan rspace scriptlevel ' +
    'separator stretchy symmetric voffset width'
  ).split(' '),
)

// Under a policy without inline styles these would be lost, so a class or an attribute takes their place.
const styleClasses: Record<string, string> = {
  'paddingLeft:0em': 'tml-pl0',
  'paddingRight:0em': 'tml-pr0',
  borderTop: 'tml-bt',
  borderBottom: 'tml-bb',
  borderLeft: 'tml-bl',
  borderRight: 'tml-br',
}

/**
 * TeX as MathML Core, made of elements and attributes on a list: no link, image, id or style, whatever the TeX says.
 * TeX that cannot be read is an answer, not an error.
 */
export function printMathml(tex: string, {display}: {display: boolean}): PrintedMath {
  let tree: MathNode
  try {
    tree = renderTree(tex, {displayMode: display, throwOnError: true, trust: false, maxSize: [50, 50]})
  } catch (error) {
    // Only what Temml says of the TeX; a stack that overflowed is the document's depth, which the caller reports.
    if (!(error instanceof ParseError)) throw error
    const {message, position} = error as {message: string; position?: number}
    return {
      problem: message
        .split('\n')[0]!
        .replace(/ at (?:position|end of input).*$/, '')
        .trim(),
      offset: position,
    }
  }
  return {html: print(tree)}
}

function print(node: MathNode): string {
  if (typeof node.text === 'string') return escapeText(node.text)
  const inside = (node.children ?? []).map(print).join('')
  // A fragment has no name of its own.
  if (node.type === undefined) return node.attributes === undefined && node.classes?.length === 0 ? inside : ''
  if (!tags.has(node.type)) return ''
  const written = {...node.attributes}
  const classes = (node.classes ?? []).filter((name) => /^[a-z][\w-]*$/i.test(name))
  for (const [name, value] of Object.entries(node.style ?? {})) {
    if (name === 'color' && /^#[0-9a-f]{3,8}$/i.test(value)) written['mathcolor'] = value
    if (name === 'backgroundColor' && /^#[0-9a-f]{3,8}$/i.test(value)) written['mathbackground'] = value
    const className = styleClasses[`${name}:${value}`] ?? styleClasses[name]
    if (className !== undefined) classes.push(className)
  }
  let html = `<${node.type}`
  for (const [name, value] of Object.entries(written))
    if (attributes.has(name)) html += ` ${name}="${escapeAttribute(String(value))}"`
  if (classes.length > 0) html += ` class="${classes.join(' ')}"`
  return `${html}>${inside}</${node.type}>`
}
