import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {checkAddress} from './check-address.ts'
import {checkSlug, slugify} from './slug.ts'

describe('slugify', () => {
  test.each([
    ['When NATS?', 'when-nats'],
    ["Don't panic", 'dont-panic'],
    ['Größe', 'größe'],
    ['Gro\u0308ße', 'größe'],
    ['日本語 の', '日本語-の'],
    ['हिन्दी', 'हिन्दी'],
    ['v1.2.3', 'v1.2.3'],
    ['a -- b', 'a-b'],
    ['  ..x..  ', 'x'],
    ['a../..b', 'a-b'],
    ['C++', 'c'],
    ['🎉', ''],
  ])('%j becomes %j', (text, slug) => {
    expect(slugify(text)).toBe(slug)
  })

  test('changes nothing the second time, and is one safe part of a path', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        const slug = slugify(text)
        expect(slugify(slug)).toBe(slug)
        expect(slug).not.toMatch(/[/\\%?#:\s\p{Cc}\p{Cs}]|\.\.|^[.-]|[.-]$/u)
      }),
      {numRuns: 2_000},
    )
  })

  test('is what checkSlug accepts, or there is a reason', () => {
    expect(checkSlug('When NATS')).toEqual({slug: 'when-nats'})
    expect(checkSlug('a/b')).toEqual({problem: expect.stringContaining('slash')})
  })
})

describe('checkAddress', () => {
  test.each([
    ['/x', '/x/'],
    ['x/y', '/x/y/'],
    ['/x.html', '/x.html'],
    ['/v1.2', '/v1.2/'],
    ['/caf%C3%A9/', '/café/'],
    ['/', '/'],
  ])('%j is %j', (given, address) => {
    expect(checkAddress(given)).toEqual({address})
  })

  test('gives addresses that stay as they are, below the root', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({unit: 'binary'}), fc.webPath()), (given) => {
        const checked = checkAddress(given)
        if ('problem' in checked) return
        expect(checkAddress(checked.address)).toEqual(checked)
        const url = new URL(checked.address.split('/').map(encodeURIComponent).join('/'), 'https://example.org')
        expect(url.host).toBe('example.org')
        expect(decodeURIComponent(url.pathname)).toBe(checked.address)
      }),
      {numRuns: 2_000},
    )
  })
})
