import {createRequire} from 'node:module'
import {LRUCache} from 'lru-cache'
import {createHighlighterCoreSync} from 'shiki/core'
import type {HighlighterCore, LanguageRegistration} from 'shiki/core'
import {createJavaScriptRegexEngine} from 'shiki/engine/javascript'
import {bundledLanguagesInfo} from 'shiki/langs'
import {classOfColor, codeTheme} from './code-theme.ts'

/** A stretch of code of one class; an empty class is plain text. */
export type CodeToken = {text: string; className: string}

const maxLineLength = 1_000

const require = createRequire(import.meta.url)
const engine = createJavaScriptRegexEngine({forgiving: true})
const ids = new Map(bundledLanguagesInfo.flatMap(({id, aliases = []}) => [id, ...aliases].map((name) => [name, id])))

/**
 * A highlighter for each language: in a shared one, a language that may embed others (Markdown) would look different
 * once those have been used. The grammars of a few dozen languages are kept, so that a stream of exotic ones does not
 * fill the memory.
 */
const highlighters = new LRUCache<string, HighlighterCore>({max: 32, dispose: (highlighter) => highlighter.dispose()})

/** Whether code of this name can be coloured: an id or alias of a language that Shiki ships. */
export const isKnownLanguage = (name: string): boolean => ids.has(name)

/**
 * Code by lines as tokens, neighbours of one class put together. Synchronous; the first use of a language loads its
 * grammar. Lines over 1,000 characters stay plain, by length and not by time: the same code always looks the same.
 */
export function tokenizeCode(code: string, language: string): CodeToken[][] {
  const lines = highlighterFor(language).codeToTokensBase(code, {
    lang: ids.get(language) ?? 'text',
    theme: 'broadside',
    tokenizeMaxLineLength: maxLineLength,
    tokenizeTimeLimit: 0,
  })
  return lines.map((line) => {
    const joined: CodeToken[] = []
    for (const {content, color} of line) {
      const last = joined.at(-1)
      const className = content.trim() === '' ? (last?.className ?? '') : classOfColor(color)
      if (last?.className === className) last.text += content
      else joined.push({text: content, className})
    }
    return joined
  })
}

function highlighterFor(language: string): HighlighterCore {
  const id = ids.get(language) ?? 'text'
  const known = highlighters.get(id)
  if (known !== undefined) return known
  // A grammar is a module without top-level await, which Node loads at once; rendering stays synchronous.
  const {default: grammars} = require(`shiki/langs/${id}.mjs`) as {default: LanguageRegistration[]}
  const made = createHighlighterCoreSync({engine, themes: [codeTheme], langs: [grammars], warnings: false})
  highlighters.set(id, made)
  return made
}
