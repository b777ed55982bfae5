import {expect, test} from 'vitest'
import {fragmentKey} from './index.ts'
import type {MarkdownOptions} from './index.ts'

const key = fragmentKey('Text', {file: 'posts/a.md', bodyLine: 5, markdown: {words: {footnotes: 'Notes'}}})

test('a key is 64 hex digits, the same each time', () => {
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(fragmentKey('Text', {markdown: {words: {footnotes: 'Notes'}}, bodyLine: 5, file: 'posts/a.md'})).toBe(key)
})

test.for([
  ['the source', 'Text.', {file: 'posts/a.md', bodyLine: 5, markdown: {words: {footnotes: 'Notes'}}}],
  [
    'the file, which diagnostics name',
    'Text',
    {file: 'posts/b.md', bodyLine: 5, markdown: {words: {footnotes: 'Notes'}}},
  ],
  [
    'the first line, which refs count from',
    'Text',
    {file: 'posts/a.md', bodyLine: 6, markdown: {words: {footnotes: 'Notes'}}},
  ],
  ['the Markdown options', 'Text', {file: 'posts/a.md', bodyLine: 5}],
  [
    'another Markdown option',
    'Text',
    {file: 'posts/a.md', bodyLine: 5, markdown: {words: {footnotes: 'Notes'}, math: true}},
  ],
  ['which option has a value', 'Text', {file: 'posts/a.md', bodyLine: 5, markdown: {words: {footnoteBack: 'Notes'}}}],
] as const)('another key when %s differs', ([, source, options]) => {
  expect(fragmentKey(source, options)).not.toBe(key)
})

test('the language is part of the key where it changes a word or a quotation mark', () => {
  const keyOf = (markdown: MarkdownOptions) => fragmentKey('Text', {file: 'posts/a.md', markdown})
  expect(keyOf({language: 'de'})).not.toBe(keyOf({language: 'en'}))
  expect(keyOf({language: 'pt'})).toBe(keyOf({language: 'en'}))
  expect(keyOf({language: 'pt', smartPunctuation: true})).not.toBe(keyOf({language: 'en', smartPunctuation: true}))
})

test('the parser is not part of the key, and options left out equal their absence', () => {
  const options = {file: 'posts/a.md'}
  expect(fragmentKey('Text', {...options, parser: 'remark'})).toBe(fragmentKey('Text', options))
  expect(fragmentKey('Text', {...options, bodyLine: 1, markdown: {}})).toBe(fragmentKey('Text', options))
})
