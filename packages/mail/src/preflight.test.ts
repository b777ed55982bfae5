import {expect, test} from 'vitest'
import {edition} from './builders.ts'
import {composeEdition} from './compose-edition.ts'
import {preflight} from './preflight.ts'

const look = (changes: Parameters<typeof edition>[0], deadLinks: string[] = []) =>
  preflight(composeEdition(edition(changes)), deadLinks).map(({code, gate}) => `${code}${gate ? '!' : ''}`)

test('a plain mail has nothing to be told of', () => {
  expect(look({})).toEqual([])
})

test.each([
  ['preflight.placeholder!', {post: {html: '<p>The price is TK.</p>'}}, []],
  ['preflight.placeholder!', {subject: 'TK'}, []],
  ['preflight.subject', {subject: 'so many words '.repeat(8)}, []],
  ['preflight.alt', {post: {html: '<p><img src="https://x.example/a.png" alt=""></p>'}}, []],
  ['preflight.dead-link!', {}, ['gone.md']],
] as const)('%s', (code, changes, deadLinks) => {
  expect(look(changes as Parameters<typeof edition>[0], [...deadLinks])).toEqual([code])
})

test('a word that has TK in it is no placeholder, nor is a picture with words a silent one', () => {
  const html = '<p>ATK and tk</p><p><img src="https://x.example/a.png" alt="A queue"></p>'
  expect(look({post: {html}})).toEqual([])
})

test('a mail without a way out, without text, with a link that leads nowhere, or too long is kept back', () => {
  const message = {...composeEdition(edition()), text: ' ', html: `<a href="/x">x</a>${'x'.repeat(110_000)}`}
  expect(preflight(message, []).map(({code}) => code)).toEqual([
    'preflight.size',
    'preflight.unsubscribe',
    'preflight.unsubscribe',
    'preflight.plain-text',
    'preflight.relative-link',
  ])
})

test('images that take long on a phone are told with what they weigh, each once', () => {
  const names = ['a', 'a', 'b', 'elsewhere']
  const html = names.map((name) => `<p><img src="https://x.example/${name}.png" alt="A queue"></p>`).join('')
  const message = composeEdition(edition({post: {html}}))
  const sizes = (b: number) =>
    new Map([
      ['https://x.example/a.png', 600_000],
      ['https://x.example/b.png', b],
      ['https://x.example/not-shown.png', 9_000_000],
    ])
  expect(preflight(message, [], sizes(400_000))).toEqual([])
  expect(preflight(message, [], sizes(1_840_000))).toEqual([
    {
      code: 'preflight.images',
      gate: false,
      message: 'its images have 2.4 MB, which take a phone on slow 4G 13 s',
    },
  ])
})
