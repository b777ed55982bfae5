import fc from 'fast-check'
import {expect, test} from 'vitest'
import {createWordCounter} from './count-words.ts'

const count = (...texts: string[]) => {
  const words = createWordCounter()
  for (const text of texts) words.add(text)
  return words.total()
}

test.for([
  ['one two', 2],
  ["don't stop-gap x_y 3.5", 5],
  ['— - ’ _', 0],
  ['你好 世界', 4],
  ['カタカナ and ひらがな', 9],
  ['über naïve e\u0301te\u0301 🎉 𝒳 𠮷', 5],
  ['', 0],
] as const)('%s has %i words', ([text, words]) => {
  expect(count(text)).toBe(words)
})

test('a word may go on in the next text, unless it was ended', () => {
  expect(count('half', 'way')).toBe(1)
  const words = createWordCounter()
  words.add('half')
  words.end()
  words.add('way')
  expect(words.total()).toBe(2)
})

test('words are those that the regular expression finds', () => {
  const script = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]'
  const word = new RegExp(`${script}|(?:(?!${script})[\\p{L}\\p{N}\\p{M}'’_-])+`, 'gu')
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), fc.string({unit: 'binary'}), (some, other) => {
      const text = `${some}${other}`
      expect(count(text)).toBe(text.match(word)?.filter((match) => /[\p{L}\p{N}]/u.test(match)).length ?? 0)
    }),
    {numRuns: 1_000},
  )
})
