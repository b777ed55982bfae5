import type {RootContent} from 'hast'
import bash from 'highlight.js/lib/languages/bash'
import python from 'highlight.js/lib/languages/python'
import {createLowlight} from 'lowlight'
import {appendToken} from './code-token.ts'
import type {CodeToken} from './code-token.ts'
import {nameCalls, nameCommands} from './name-by-place.ts'
import {isLong, nestsTooDeeply, plainLines} from './plain-code.ts'

const {highlight} = createLowlight({python, shellscript: bash})

type Grammar = {
  /** What this language means by names of highlight.js that say more in others. */
  classes: Record<string, string>
  /** Names what the patterns leave plain and its place in a line tells. */
  name: (lines: CodeToken[][]) => CodeToken[][]
}

const grammars = new Map<string, Grammar>([
  ['python', {classes: {'hljs-built_in': 'hl-type', 'hljs-meta': ''}, name: nameCalls}],
  ['shellscript', {classes: {'hljs-built_in': '', 'hljs-meta': 'hl-comment'}, name: nameCommands}],
])

/** Broadside's classes for what highlight.js names. `subst` is code within a string. */
const classOf: Record<string, string> = {
  'hljs-comment': 'hl-comment',
  'hljs-keyword': 'hl-keyword',
  'hljs-string': 'hl-string',
  'hljs-number': 'hl-number',
  'hljs-literal': 'hl-constant',
  'hljs-title': 'hl-function',
  'hljs-type': 'hl-type',
  'hljs-variable': 'hl-variable',
  'hljs-subst': '',
  'hljs-params': '',
  'hljs-operator': '',
}

/**
 * Code by lines as tokens, by the patterns of highlight.js; undefined for languages that others tell better. It knows
 * names by their looks alone, so calls and commands are told by their places. What would be told within a hundred other
 * things stays plain, as lines over 1,000 characters do.
 */
export function tokenizeByPattern(code: string, language: string): CodeToken[][] | undefined {
  const grammar = grammars.get(language)
  if (grammar === undefined) return undefined
  const classes = {...classOf, ...grammar.classes}
  const plain = plainLines(code)
  if (nestsTooDeeply(code, '()[]{}')) return plain
  // Some patterns take time that grows with the square of a line, so the long ones are not even looked at.
  const readable = code
    .split('\n')
    .map((line) => (isLong(line) ? '' : line))
    .join('\n')
  const lines: CodeToken[][] = [[]]
  appendAll(highlight(language, readable).children, '')
  return grammar.name(lines).map((line, at) => (line.length === 0 ? plain[at]! : line))

  function appendAll(children: RootContent[], around: string): void {
    for (const child of children) {
      if (child.type === 'element') appendAll(child.children, classNamed(child.properties['className'], around))
      if (child.type !== 'text') continue
      for (const [index, text] of child.value.split('\n').entries()) {
        if (index > 0) lines.push([])
        if (text !== '') appendToken(lines.at(-1)!, text, around)
      }
    }
  }

  function classNamed(names: unknown, around: string): string {
    if (!Array.isArray(names)) return around
    if (names.includes('class_')) return 'hl-type'
    if (names.includes('language_')) return 'hl-keyword'
    return classes[String(names[0])] ?? around
  }
}
