import fc from 'fast-check'
import {expect, test} from 'vitest'
import {countWords} from './count-words.ts'

test.for([
  ['one two', 2],
  ["don't stop-gap x_y 3.5", 5],
  ['— - ’ _', 0],
  ['你好 世界', 4],
  ['カタカナ and ひらがな', 9],
  ['über naïve e\u0301te\u0301 🎉 𝒳 𠮷', 5],
  ['', 0],
] as const)('%s has %i words', ([text, words]) => {
  expect(countWords(text)).toBe(words)
})

test('words are those that the regular expression finds', () => {
  const script = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]'
  const word = new RegExp(`${script}|(?:(?!${script})[\\p{L}\\p{N}\\p{M}'’_-])+`, 'gu')
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), fc.string({unit: 'binary'}), (some, other) => {
      const text = `${some}${other}`
      expect(countWords(text)).toBe(text.match(word)?.filter((match) => /[\p{L}\p{N}]/u.test(match)).length ?? 0)
    }),
    {numRuns: 1_000},
  )
})
