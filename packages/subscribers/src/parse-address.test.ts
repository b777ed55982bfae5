import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isSafeAddress, parseAddress} from './parse-address.ts'

describe('parseAddress', () => {
  test('keeps the local part as given and makes one key of all spellings', () => {
    expect(parseAddress("Ann.O'Neil+News@Example.ORG")).toEqual({
      address: "Ann.O'Neil+News@example.org",
      key: "ann.o'neil+news@example.org",
      domain: 'example.org',
    })
  })

  test('turns an internationalised domain to ASCII', () => {
    expect(parseAddress('ann@Bücher.example').address).toBe('ann@xn--bcher-kva.example')
    expect(parseAddress('ann@bücher。example').key).toBe(parseAddress('ANN@BÜCHER.EXAMPLE').key)
  })

  test.each([
    'a@localhost',
    'a@mail.localhost',
    'a@b.example',
    `${'l'.repeat(64)}@example.org`,
    '!#$%&*/=?^_`{|}~-@x.org',
  ])('takes %s', (address) => {
    expect(isSafeAddress(address)).toBe(true)
  })

  test.each([
    '',
    '@',
    'ann',
    'ann@',
    '@example.org',
    'ann@example',
    'ann@@example.org',
    'ann@x@example.org',
    ' ann@example.org',
    'ann@example.org ',
    'ann@example.org\r\n',
    'ann@example.org\nBcc: eve@example.net',
    'b@y.org\r\nBcc: evil@z.org',
    'b@y.org, c@z.org',
    'b@y.org>\r\nRCPT TO:<evil@z.org',
    'Ann <ann@example.org>',
    '<ann@example.org>',
    '"x@internal y"@example.org',
    '"ann"@example.org',
    'ann(comment)@example.org',
    'ann@example.org(comment)',
    '.ann@example.org',
    'ann.@example.org',
    'a..b@example.org',
    'änn@example.org',
    'ann@[127.0.0.1]',
    'ann@127.0.0.1',
    'ann@0x7f.1',
    'ann@１２７.0.0.1',
    'ann@example.org.',
    'ann@-x.org',
    'ann@x-.org',
    'ann@ex%61mple.org',
    'ann@a/b.org',
    'ann@x.org:25',
    'ann@x\u0000.org',
    'ann\u0000@x.org',
    'ann@x\u00ad.',
    'ann@xn--.org',
    `${'l'.repeat(65)}@example.org`,
    `ann@${'d.'.repeat(126)}org`,
    `ann@${'d'.repeat(64)}.org`,
    'ann@x_y.org',
    ':'.repeat(1000),
  ])('refuses %j', (input) => {
    expect(() => parseAddress(input)).toThrow(expect.objectContaining({kind: 'invalid', code: 'address.invalid'}))
  })

  test('does not repeat the address in the error', () => {
    expect(() => parseAddress('secret-person@exa mple.org')).toThrow(
      expect.not.objectContaining({message: expect.stringContaining('secret')}),
    )
  })

  test('whatever gets through can stand in a command as it is, and reads back as itself', () => {
    const shaky = fc.string({unit: fc.constantFrom(...'ab.@<>,;:"\\ ()[]\r\n\t\0%-_üß。'), maxLength: 30})
    fc.assert(
      fc.property(fc.oneof(shaky, fc.string(), fc.string({unit: 'grapheme'}), fc.emailAddress()), (input) => {
        let address: string
        try {
          address = parseAddress(input).address
        } catch {
          return
        }
        expect(address).toMatch(/^[\x21-\x7e]+@[a-z0-9.-]+$/)
        expect(address).not.toMatch(/[<>,;:"\\()[\]\s]/)
        expect(address.split('@')).toHaveLength(2)
        expect(parseAddress(address).address).toBe(address)
      }),
      {numRuns: 2000},
    )
  })
})

describe('isSafeAddress', () => {
  test('refuses what parseAddress would have changed', () => {
    expect(isSafeAddress('ann@EXAMPLE.org')).toBe(false)
    expect(isSafeAddress('ann@bücher.example')).toBe(false)
  })
})
