import {expect, test} from 'vitest'
import {createWords} from './create-words.ts'
import {defaultLanguages, defaultTemplates} from './default-files.ts'

const usedKeys = new Set(
  [...defaultTemplates.values()].flatMap((text) => [...text.matchAll(/'([\w.-]+)' \| t\b/g)].map((match) => match[1])),
)

/** `posts.one` and `posts.other` are two texts of one word. */
const wordOf = (key: string) => key.replace(/\.(zero|one|two|few|many|other)$/, '')

test.each([...defaultLanguages.keys()])(
  '%s has a text for each word that a template uses, and no others',
  (language) => {
    const words = new Set(Object.keys(defaultLanguages.get(language) ?? {}).map(wordOf))
    expect([...words].toSorted()).toEqual([...usedKeys].toSorted())
  },
)

test.each([...defaultLanguages.keys()])('%s leaves no parameter of the English text out', (language) => {
  const english = defaultLanguages.get('en') ?? {}
  const params = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted()
  for (const [key, text] of Object.entries(defaultLanguages.get(language) ?? {}))
    expect([key, params(text)]).toEqual([key, params(english[key])])
})

test('a word comes in the language asked for', () => {
  expect(createWords('en')('read')).toBe('Read the post →')
  expect(createWords('de')('read')).toBe('Weiterlesen →')
})

test('a region without words of its own uses those of its language', () => {
  expect(createWords('de-AT')('archive')).toBe('Archiv')
})

test('a language that the theme does not speak gets English', () => {
  expect(createWords('fr')('archive')).toBe('Archive')
})

test('the plural follows the number, and numbers follow the language', () => {
  const [english, german] = [createWords('en'), createWords('de')]
  expect([1, 2, 1234].map((count) => english('posts', {count}))).toEqual(['1 post', '2 posts', '1,234 posts'])
  expect([1, 2, 1234].map((count) => german('posts', {count}))).toEqual(['1 Beitrag', '2 Beiträge', '1.234 Beiträge'])
})

test('a parameter is put in as it is, even one that looks like a parameter', () => {
  expect(createWords('en')('updated', {date: '{date} $& today'})).toBe('Updated {date} $& today')
})

test("an author's words win, and those left out stay the theme's", () => {
  const words = createWords('fr-CA', new Map([['fr', {read: 'Lire la suite →'}]]))
  expect(words('read')).toBe('Lire la suite →')
  expect(words('topics')).toBe('Topics')
})

test.each(['nowhere', 'toString', '__proto__'])('an unknown word, such as %s, is an error that names it', (key) => {
  expect(() => createWords('de')(key)).toThrow(
    expect.objectContaining({kind: 'invalid', code: 'theme.word', message: expect.stringContaining(key)}),
  )
})
