import type {Parser} from '@lezer/common'
import {codeTags} from './code-tags.ts'
import {appendToken} from './code-token.ts'
import type {CodeToken} from './code-token.ts'
import {lezer} from './lezer.ts'
import {nestsTooDeeply, plainIfLong, plainLines} from './plain-code.ts'

type Grammar = {
  load(): Parser
  /** What opens and closes, by twos. */
  brackets: string
}

const {highlightCode} = lezer('highlight')

const javascript = (dialect: string): Grammar => ({
  load: () => lezer('javascript').parser.configure({dialect}),
  brackets: '()[]{}',
})
const cpp: Grammar = {load: () => lezer('cpp').parser, brackets: '()[]{}'}

/** The languages whose TextMate grammars are slow and whose parsers tell as much. */
const grammars = new Map<string, Grammar>([
  ['javascript', javascript('jsx')],
  ['jsx', javascript('jsx')],
  ['typescript', javascript('ts')],
  ['tsx', javascript('ts jsx')],
  ['c', cpp],
  ['cpp', cpp],
  ['css', {load: () => lezer('css').parser, brackets: '()[]{}'}],
  ['html', {load: loadHtml, brackets: '<>'}],
])
const parsers = new Map<string, Parser>()

/**
 * Code by lines as tokens, by a tree; undefined where Lezer has no parser of that language. A parser recovers from
 * whatever is no code, in time that grows with the length; but where a hundred brackets are open at once, which nobody
 * writes, it follows so many branches that the same length takes a hundred times longer: such code stays plain, as lines
 * over 1,000 characters do.
 */
export function tokenizeByTree(code: string, language: string): CodeToken[][] | undefined {
  const grammar = grammars.get(language)
  if (grammar === undefined) return undefined
  if (nestsTooDeeply(code, grammar.brackets)) return plainLines(code)
  const lines: CodeToken[][] = [[]]
  highlightCode(
    code,
    parserOf(language, grammar).parse(code),
    codeTags,
    (text, className) => appendToken(lines.at(-1)!, text, className),
    () => void lines.push([]),
  )
  return lines.map(plainIfLong)
}

function parserOf(language: string, grammar: Grammar): Parser {
  const known = parsers.get(language)
  if (known !== undefined) return known
  const loaded = grammar.load()
  parsers.set(language, loaded)
  return loaded
}

/** HTML with the scripts and styles in it. */
function loadHtml(): Parser {
  const {configureNesting, parser} = lezer('html')
  const byName = (language: string) => parserOf(language, grammars.get(language)!)
  const nested = configureNesting([
    {tag: 'script', attrs: ({type = ''}) => /^(?:module|text\/javascript)?$/.test(type), parser: byName('javascript')},
    {tag: 'style', parser: byName('css')},
  ])
  return parser.configure({wrap: nested})
}
