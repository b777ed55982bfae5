import type {Element, ElementContent, Root, Text} from 'hast'

type Quotes = [open: string, close: string, openInner: string, closeInner: string]

const narrow = '\u202F'
const english: Quotes = ['“', '”', '‘', '’']

/** Quotation marks by language (CLDR's delimiters); French keeps a narrow no-break space inside. */
const quotesOf: Record<string, Quotes> = {
  en: english,
  de: ['„', '“', '‚', '‘'],
  'de-ch': ['«', '»', '‹', '›'],
  fr: [`«${narrow}`, `${narrow}»`, '“', '”'],
  'fr-ch': ['«', '»', '‹', '›'],
  it: ['«', '»', '“', '”'],
  es: ['«', '»', '“', '”'],
  pt: ['“', '”', '‘', '’'],
  nl: ['‘', '’', '“', '”'],
  pl: ['„', '”', '«', '»'],
  cs: ['„', '“', '‚', '‘'],
  da: ['“', '”', '‘', '’'],
  sv: ['”', '”', '’', '’'],
  fi: ['”', '”', '’', '’'],
  nb: ['«', '»', '‘', '’'],
  no: ['«', '»', '‘', '’'],
  ru: ['«', '»', '„', '“'],
  uk: ['«', '»', '„', '“'],
  hu: ['„', '”', '»', '«'],
  ja: ['「', '」', '『', '』'],
}

const asItIs = new Set(['code', 'pre', 'kbd', 'samp', 'var', 'tt', 'math', 'script', 'style'])
const blocks = new Set(
  (
    'address article aside blockquote caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr ' +
    'li nav ol p section summary table tbody td tfoot th thead tr ul br'
  ).split(' '),
)

type Smarten = (text: string) => string

/** Turns straight quotes, `--`, `---` and `...` in a tree's text into the language's, and leaves code as it is. */
export function smartenTree(tree: Root, language: string): void {
  let smarten = smartener(language)
  const visit = (node: Root | ElementContent): void => {
    if (node.type === 'text') node.value = smarten(node.value)
    if (node.type !== 'root' && node.type !== 'element') return
    if (node.type === 'element' && asItIs.has(node.tagName)) return void smarten('x')
    if (node.type === 'element' && blocks.has(node.tagName)) smarten = smartener(language)
    for (const child of node.children as (Element | Text)[]) visit(child)
    if (node.type === 'element' && blocks.has(node.tagName)) smarten = smartener(language)
  }
  visit(tree)
}

/** The same for a text that stands alone. */
export const smartenText = (text: string, language: string): string => smartener(language)(text)

/** Remembers what stood before, since mark-up runs through words and quotations. */
function smartener(language: string): Smarten {
  const tag = language.toLowerCase()
  const [open, close, openInner, closeInner] = quotesOf[tag] ?? quotesOf[tag.split('-')[0]!] ?? english
  let before = ''
  let innerOpen = 0

  // ’90s and rock ’n’ roll begin with an apostrophe; after a word it is one unless a quotation waits for its end.
  const single = (opens: boolean, next: string): string => {
    if (opens && !/^(?:\d\d|n['’\s])/.test(next)) {
      innerOpen += 1
      return openInner
    }
    if (innerOpen === 0 || (/[\p{L}\p{N}]/u.test(before) && /^\p{L}/u.test(next))) return '’'
    innerOpen -= 1
    return closeInner
  }

  return (text) => {
    let made = ''
    const whole = text.replaceAll('---', '—').replaceAll('--', '–').replaceAll('...', '…')
    for (let at = 0; at < whole.length; at += 1) {
      const character = whole[at]!
      const next = whole[at + 1]
      const follows = next === undefined ? !/[–—-]/.test(before) : !/\s/.test(next)
      const opens = follows && (before === '' || /[\s([{–—«„“‘‚"'/-]/.test(before))
      if (character === '"') made += opens ? open : close
      else if (character === "'") made += single(opens, whole.slice(at + 1, at + 3))
      else made += character
      before = character
    }
    return made
  }
}
