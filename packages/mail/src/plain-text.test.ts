import {expect, test} from 'vitest'
import {adaptFragment} from './adapt-fragment.ts'
import {edition} from './builders.ts'
import {composeDigest} from './compose-digest.ts'
import {composeEdition} from './compose-edition.ts'
import {mailWords} from './mail-words.ts'
import {plainText} from './plain-text.ts'

const words = mailWords('en')
const textOf = (html: string) => plainText(adaptFragment(html, 'https://x.example/a/', words).plain, words)
const row = (cell: 'td' | 'th', ...cells: string[]) => `<tr>${cells.map((one) => `<${cell}>${one}`).join('')}</tr>`

test('a table that is too wide for columns has a block for each row, with the head of its column at each cell', () => {
  const long = 'a_name_that_cannot_be_broken_anywhere'
  const link = `<a href="https://x.example/${'part/'.repeat(9)}">more</a>`
  expect(textOf(`<table>${row('th', 'Name', 'Where')}${row('td', long, link)}${row('td', 'b', 'c')}</table>`)).toBe(
    `Name: ${long}\nWhere: more\n<https://x.example/${'part/'.repeat(9)}>\n\nName: b\nWhere: c`,
  )
  expect(textOf(`<table>${row('td', long, long)}</table>`)).toBe(`${long}\n${long}`)
})

test('a table of many words has narrower columns', () => {
  const cell = 'some words that wrap in their column'
  const text = textOf(`<table>${row('th', 'A', 'B', 'C')}${row('td', cell, cell, cell)}</table>`)
  expect(text).toMatch(/^A +B +C\n(?:some words.*){3}\n/)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72)
})

test('terms, captions and alerts stand apart from what is around them', () => {
  expect(textOf('<dl><dt>Term</dt><dd>What it means.</dd></dl>')).toBe('Term\n    What it means.')
  expect(textOf('<figure><img src="a.png" alt="A frame"><figcaption>As built</figcaption></figure>')).toBe(
    '[Image: A frame]\nAs built',
  )
  expect(textOf('<div class="alert alert-note"><p><strong>Note</strong></p><p>Read it.</p></div>')).toBe(
    '> Note\n>\n> Read it.',
  )
})

test.each([
  [
    '<mrow><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></mrow>',
    'x = (a + b)/2',
  ],
  ['<msubsup><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></msubsup><mi>i</mi>', '∑_(i = 1)^n i'],
  ['<msup><mi>x</mi><mn>10</mn></msup><mo>,</mo><msqrt><mi>y</mi></msqrt>', 'x^10, √(y)'],
  [
    '<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr></mtable>',
    '[1 0; 0]',
  ],
])('the formula %s is %s', (mathml, text) => {
  expect(textOf(`<p>So <math>${mathml}</math>.</p>`)).toBe(`So ${text}.`)
  expect(adaptFragment(`<p><math>${mathml}</math></p>`, 'https://x.example/', words).styled).toContain(`>${text}<`)
})

test('no line of a mail is longer than a terminal, but for one link, one word, or code', () => {
  const many = 'many words '.repeat(30)
  const post = {title: many, excerpt: many, authors: [many], html: `<h2>${many}</h2><p>${many}</p><ul><li>${many}</ul>`}
  const given = edition({site: {title: many}, subject: 'x', post})
  const {post: listed, ...about} = given
  const texts = [composeEdition(given), composeDigest({...about, posts: [listed]})].map(({text}) => text)
  for (const line of texts.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(78)
})
