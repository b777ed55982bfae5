import {renderFragment} from '@broadside/markdown'
import {expect, test} from 'vitest'
import {linkAbsolutely} from './link-absolutely.ts'

/** The text with every relative target in capitals behind a host. */
function linked(body: string): string {
  const {refs} = renderFragment(body, {file: 'posts/a.md', bodyLine: 5})
  return linkAbsolutely({body, bodyLine: 5}, refs, (index) => `https://x.example/${index}`)
}

test.each([
  ['a link', 'See [b](./b.md "B") there', 'See [b](https://x.example/0 "B") there'],
  ['an image in a link', '[![m](m.png)](b.md)', '[![m](https://x.example/1)](https://x.example/0)'],
  ['the same twice', '[b](b.md) and [b](b.md)', '[b](https://x.example/0) and [b](https://x.example/1)'],
  ['a definition', 'See [b][1].\n\n[1]: b.md', 'See [b][1].\n\n[1]: https://x.example/0'],
  ['angle brackets', '![p](<my photo.jpg>)', '![p](<https://x.example/0>)'],
  ['HTML', '<img src="m.png" alt="m">', '<img src="https://x.example/0" alt="m">'],
  ['what stands before', '`[b](b.md)` and [b](b.md)', '`[b](b.md)` and [b](https://x.example/0)'],
  ['what leads elsewhere', '[b](https://b.example/)', '[b](https://b.example/)'],
])('%s', (_, body, expected) => {
  expect(linked(body)).toBe(expected)
})

test('a target that leads nowhere stays as it was written', () => {
  const body = '[b](b.md)'
  const {refs} = renderFragment(body, {file: 'posts/a.md'})
  expect(linkAbsolutely({body, bodyLine: 1}, refs, () => undefined)).toBe(body)
})
