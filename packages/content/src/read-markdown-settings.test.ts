import {expect, test} from 'vitest'
import {parseSettings} from './index.ts'

const parse = (text: string) => parseSettings('broadside.yaml', Buffer.from(text), 'notes')

test('a site chooses how its Markdown is read', () => {
  expect(parse('markdown: {smartPunctuation: yes, math: true, headingLinks: false}').settings?.markdown).toEqual({
    smartPunctuation: true,
    math: true,
    headingLinks: false,
  })
})

test.for(['', 'markdown:', 'markdown: {}'])('and chooses nothing by %j', (text) => {
  expect(parse(text)).toMatchObject({diagnostics: []})
  expect(parse(text).settings).not.toHaveProperty('markdown')
})

test.for([
  ['markdown: {math: maybe}', 'settings.wrong-type'],
  ['markdown: yes', 'settings.wrong-type'],
  ['markdown: {maths: true}', 'settings.unknown-key'],
])('%s is refused', ([text, code]) => {
  expect(parse(text!).diagnostics.map((found) => found.code)).toEqual([code])
})
