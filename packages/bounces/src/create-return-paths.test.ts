import fc from 'fast-check'
import {expect, test} from 'vitest'
import {createReturnPaths, type MailReference, type ReturnPurpose} from './index.ts'

const key = {id: 'k1', secret: new Uint8Array(32).fill(1)}
const newer = {id: 'k2', secret: new Uint8Array(32).fill(2)}
const template = 'bounces+*@field-notes.example'
const paths = createReturnPaths({template, keys: [key]})
const reference: MailReference = {kind: 'edition', id: '0123456789abcdef', subscriber: 'AAAABBBBCCCCDDD_'}

test('an address says which mail it is about, in any case of its letters', () => {
  const address = paths.addressFor('bounce', reference)
  expect(address).toMatch(/^bounces\+b[a-z2-7]{48}@field-notes\.example$/)
  for (const spelling of [address, address.toUpperCase()]) {
    expect(paths.read(spelling)).toEqual({purpose: 'bounce', reference})
  }
  expect(paths.read(paths.addressFor('leave', reference))).toEqual({purpose: 'leave', reference})
})

test('every reference comes back as it was, and its address is one that every server takes', () => {
  const id = fc.oneof(
    fc.stringMatching(/^[0-9a-f]{16}$/),
    fc.stringMatching(/^[A-Za-z0-9_-]{16}$/),
    fc.stringMatching(/^[a-z0-9]{1,8}$/),
  )
  const any = fc.record({kind: fc.constantFrom('edition' as const, 'letter' as const), id, subscriber: id})
  fc.assert(
    fc.property(any, fc.constantFrom<ReturnPurpose>('bounce', 'leave'), (made, purpose) => {
      const address = paths.addressFor(purpose, made)
      expect(address.indexOf('@')).toBeLessThanOrEqual(64)
      expect(paths.read(address)).toEqual({purpose, reference: made})
    }),
  )
})

test('an address with any letter changed is none of ours', () => {
  const address = paths.addressFor('bounce', reference)
  const start = 'bounces+'.length
  for (let at = start; at < address.indexOf('@'); at++) {
    const other = address[at] === 'a' ? 'c' : 'a'
    expect(paths.read(`${address.slice(0, at)}${other}${address.slice(at + 1)}`)).toBeUndefined()
  }
  expect(paths.read(address.replace('+b', '+u'))).toBeUndefined()
  expect(paths.read(address.replace('field-notes', 'other'))).toBeUndefined()
  expect(paths.read('bounces+b@field-notes.example')).toBeUndefined()
  expect(paths.read('notes@field-notes.example')).toBeUndefined()
})

test('older keys go on verifying, and those of others do not', () => {
  const address = paths.addressFor('bounce', reference)
  expect(createReturnPaths({template, keys: [newer, key]}).read(address)?.reference).toEqual(reference)
  expect(createReturnPaths({template, keys: [newer]}).read(address)).toBeUndefined()
})

test('addresses are found in any text around them', () => {
  const address = paths.addressFor('leave', reference)
  const forged = address.replace(/.{4}@/, 'aaaa@')
  const text = `Original-Mail-From: <${forged}>\r\nList-Unsubscribe: <mailto:${address}?subject=x>, ${address}.evil.example`
  expect(paths.find(text)).toEqual([{purpose: 'leave', reference}])
})

test('a template that gives no addresses is told at once, and so is one without room', () => {
  for (const wrong of ['bounces@field-notes.example', '*', '*@*.example', 'bounces@*.example', '*@no space.example']) {
    expect(() => createReturnPaths({template: wrong, keys: [key]})).toThrow(
      expect.objectContaining({code: 'bounces.return-path'}),
    )
  }
  const long = createReturnPaths({template: `${'x'.repeat(40)}+*@field-notes.example`, keys: [key]})
  expect(() => long.addressFor('bounce', reference)).toThrow(expect.objectContaining({code: 'bounces.return-path'}))
})
