import {createRequire} from 'node:module'
import {LRUCache} from 'lru-cache'
import {createHighlighterCoreSync} from 'shiki/core'
import type {HighlighterCore, LanguageRegistration} from 'shiki/core'
import {createJavaScriptRegexEngine} from 'shiki/engine/javascript'
import {classOfColor, codeTheme} from './code-theme.ts'
import {appendToken} from './code-token.ts'
import type {CodeToken} from './code-token.ts'

const maxLineLength = 1_000

const require = createRequire(import.meta.url)

// Shiki keeps every expression for ever, and the end of each here-document is another one.
const expressions = new LRUCache<string, RegExp | Error>({max: 2_000})
const engine = createJavaScriptRegexEngine({
  forgiving: true,
  cache: expressions as unknown as Map<string, RegExp | Error>,
})

/**
 * A highlighter for each language: in a shared one, a language that may embed others (Markdown) would look different
 * once those have been used. The grammars of a few dozen languages are kept, so that a stream of exotic ones does not
 * fill the memory.
 */
const highlighters = new LRUCache<string, HighlighterCore>({max: 32, dispose: (highlighter) => highlighter.dispose()})

/**
 * Code by lines as tokens, by a TextMate grammar that Shiki ships under this id. Synchronous; the first use of a language
 * loads its grammar. Lines over 1,000 characters stay plain, by length and not by time: the same code always looks the
 * same.
 */
export function tokenizeByScopes(code: string, language: string): CodeToken[][] {
  const lines = highlighterFor(language).codeToTokensBase(code, {
    lang: language,
    theme: 'broadside',
    tokenizeMaxLineLength: maxLineLength,
    tokenizeTimeLimit: 0,
  })
  return lines.map((line) => {
    const joined: CodeToken[] = []
    for (const {content, color} of line) appendToken(joined, content, classOfColor(color))
    return joined
  })
}

function highlighterFor(language: string): HighlighterCore {
  const known = highlighters.get(language)
  if (known !== undefined) return known
  // A grammar is a module without top-level await, which Node loads at once; rendering stays synchronous.
  const {default: grammars} = require(`shiki/langs/${language}.mjs`) as {default: LanguageRegistration[]}
  const made = createHighlighterCoreSync({engine, themes: [codeTheme], langs: [grammars], warnings: false})
  highlighters.set(language, made)
  return made
}
