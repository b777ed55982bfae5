import {BroadsideError} from '@broadside/runtime'
import {defaultLanguages} from './default-files.ts'

export type WordParams = Record<string, string | number>

/** The word or sentence of `key`; throws `theme.word` (invalid) for a key that no language has. */
export type Words = (key: string, params?: WordParams) => string

/**
 * The words of a language (BCP 47), falling back from `de-AT` to `de` to English, key by key.
 * `{name}` in a text stands for a parameter; numbers are written as the language does. Where `count` is given,
 * the plural category is part of the key: `posts.one`, `posts.other`.
 * `more` are an author's own words by language, which win over the theme's.
 */
export function createWords(language: string, more: ReadonlyMap<string, Record<string, string>> = new Map()): Words {
  const base = language.split('-')[0] ?? language
  const texts: Record<string, string> = Object.assign(
    Object.create(null),
    ...['en', base, language].flatMap((name) => [defaultLanguages.get(name), more.get(name)]),
  )
  const plural = new Intl.PluralRules(language)
  const number = new Intl.NumberFormat(language)
  return (key, params = {}) => {
    const count = params['count']
    const text =
      typeof count === 'number' ? (texts[`${key}.${plural.select(count)}`] ?? texts[`${key}.other`]) : texts[key]
    if (text === undefined)
      throw new BroadsideError('invalid', 'theme.word', `the theme has no word "${key}" in ${language} or English`, {
        hint: `Add it to theme/languages/${base}.json, or use a key of the default theme.`,
        details: {key, language},
      })
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? number.format(value) : value
    })
  }
}
