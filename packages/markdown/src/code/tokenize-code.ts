import {bundledLanguagesInfo} from 'shiki/langs'
import type {CodeToken} from './code-token.ts'
import {tokenizeByPattern} from './tokenize-by-pattern.ts'
import {tokenizeByScopes} from './tokenize-by-scopes.ts'
import {tokenizeByTree} from './tokenize-by-tree.ts'

const ids = new Map(bundledLanguagesInfo.flatMap(({id, aliases = []}) => [id, ...aliases].map((name) => [name, id])))

/** Whether code of this name can be coloured: an id or alias of a language that Shiki ships. */
export const isKnownLanguage = (name: string): boolean => ids.has(name)

/** Code of a known language by lines as tokens, neighbours of one class put together. Synchronous. */
export function tokenizeCode(code: string, language: string): CodeToken[][] {
  const id = ids.get(language) ?? 'text'
  return tokenizeByTree(code, id) ?? tokenizeByPattern(code, id) ?? tokenizeByScopes(code, id)
}
