import {expect, test} from 'vitest'
import {buildStylesheet} from './build-stylesheet.ts'
import {defaultStylesheet} from './default-files.ts'

test('the default stylesheet stays under 15 kB', () => {
  expect(Buffer.byteLength(defaultStylesheet)).toBeLessThan(15_000)
})

test('the default stylesheet fetches nothing', () => {
  expect(defaultStylesheet).not.toMatch(/url\(|@import|@font-face/)
})

test('the name follows the content and nothing else', () => {
  const {name} = buildStylesheet('style', 'a {}')
  expect(name).toMatch(/^style\.[0-9a-f]{8}\.css$/)
  expect(buildStylesheet('style', 'a {}').name).toBe(name)
  expect(buildStylesheet('style', 'b {}').name).not.toBe(name)
  expect(buildStylesheet('style', 'a {}', {accent: '#0a5'}).name).not.toBe(name)
})

test('variables come last, so that they win, and in one order however they were written', () => {
  const {body} = buildStylesheet('style', 'a {}\n', {'font-text': 'Georgia, serif', accent: '#0a5'})
  expect(body).toBe('a {}\n\n:root {\n  --accent: #0a5;\n  --font-text: Georgia, serif;\n}\n')
  expect(buildStylesheet('style', 'a {}\n', {accent: '#0a5', 'font-text': 'Georgia, serif'}).body).toBe(body)
})

test('a variable for the dark scheme holds there only', () => {
  const {body} = buildStylesheet('style', '', {accent: '#0a5', 'accent-dark': '#5fc'})
  expect(body).toBe(
    '\n:root {\n  --accent: #0a5;\n}\n\n@media (prefers-color-scheme: dark) {\n:root {\n  --accent: #5fc;\n}\n}\n',
  )
})

test.each([
  ['accent', 'red; } body { display: none'],
  ['accent', 'url(https://elsewhere.example/x)'],
  ['accent', 'URL ("x")'],
  ['accent', 'red /* '],
  ['accent', '\\75rl(x)'],
  ['accent', 'a\nb'],
  ['accent', ' '],
  ['accent', 'x'.repeat(301)],
  ['Accent', 'red'],
  ['--accent', 'red'],
  ['a:b', 'red'],
])('the variable %s with the value %s is refused', (name, value) => {
  expect(() => buildStylesheet('style', '', {[name]: value})).toThrow(
    expect.objectContaining({kind: 'invalid', code: 'theme.variable', message: expect.stringContaining(name)}),
  )
})
