import {createHmac, randomBytes} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {createTokens} from './tokens.ts'

const old = {id: 'k1', secret: new Uint8Array(32).fill(1)}
const fresh = {id: 'k2', secret: new Uint8Array(32).fill(2)}
const now = new Date('2026-11-02T09:00:00Z')
const word = fc.string({unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 1, maxLength: 40})
const purpose = fc.constantFrom('confirm' as const, 'unsubscribe' as const, 'preferences' as const)
const invalid = expect.objectContaining({kind: 'invalid', code: 'token.invalid'})

describe('tokens', () => {
  const tokens = createTokens({keys: [fresh, old]})

  test('verify what was signed, for any site and subscriber, in characters that a URL takes as they are', () => {
    fc.assert(
      fc.property(purpose, word, word, (purpose, site, subscriber) => {
        const token = tokens.sign({purpose, site, subscriber})
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/)
        expect(tokens.verify(token, purpose, now)).toEqual({site, subscriber})
      }),
    )
  })

  test('are short: 60 characters for a site of 11 and a subscriber of 16', () => {
    const token = tokens.sign({purpose: 'unsubscribe', site: 'field-notes', subscriber: 'abcdefghijklmnop'})
    expect(token.length).toBeLessThanOrEqual(60)
  })

  test('leave a trace of an address that only who has a key can find again', () => {
    const ann = {key: 'ann@example.org'}
    const [now, before] = tokens.traces('s', ann)
    expect(createTokens({keys: [old]}).traces('s', ann)).toEqual([before])
    expect(new Set([now, before, ...tokens.traces('t', ann), ...tokens.traces('s', {key: 'b@x.org'})]).size).toBe(6)
    expect(now).toMatch(/^erased:[0-9a-f]{64}$/)
  })

  test('of a click verify for the address that they were signed for alone', () => {
    const about = {purpose: 'click', site: 's', subscriber: 'edition'} as const
    const token = tokens.sign({...about, url: 'https://a.example/?b=c'})
    expect(tokens.verify(token, 'click', now, 'https://a.example/?b=c')).toEqual({site: 's', subscriber: 'edition'})
    for (const url of ['https://a.example/?b=d', 'https://evil.example/', '', undefined]) {
      expect(() => tokens.verify(token, 'click', now, url)).toThrow(invalid)
    }
    expect(tokens.sign({...about, purpose: 'open'})).not.toBe(tokens.sign({...about, url: ''}))
  })

  test('verify for one purpose alone', () => {
    const token = tokens.sign({purpose: 'unsubscribe', site: 's', subscriber: 'ann'})
    expect(() => tokens.verify(token, 'confirm', now)).toThrow(invalid)
  })

  test('end at their expiry and not before', () => {
    const token = tokens.sign({purpose: 'confirm', site: 's', subscriber: 'ann', expiresAt: now})
    expect(tokens.verify(token, 'confirm', new Date(now.getTime() - 1))).toEqual({site: 's', subscriber: 'ann'})
    expect(() => tokens.verify(token, 'confirm', now)).toThrow(expect.objectContaining({code: 'token.expired'}))
  })

  test('unsubscribe for ever, also when the key is old', () => {
    const token = createTokens({keys: [old]}).sign({purpose: 'unsubscribe', site: 's', subscriber: 'ann'})
    expect(tokens.verify(token, 'unsubscribe', new Date('2096-01-01')).subscriber).toBe('ann')
    expect(() => createTokens({keys: [fresh]}).verify(token, 'unsubscribe', now)).toThrow(invalid)
  })

  test('refuse every change of one character, every truncation and every addition', () => {
    const token = tokens.sign({purpose: 'confirm', site: 'site', subscriber: 'ann', expiresAt: now})
    const before = new Date(now.getTime() - 1)
    for (let at = 0; at < token.length; at++) {
      expect(() => tokens.verify(token.slice(0, at), 'confirm', before)).toThrow(invalid)
      for (const other of 'AQgw0_-.9z=+/ ') {
        const changed = token.slice(0, at) + other + token.slice(at + 1)
        if (changed !== token) expect(() => tokens.verify(changed, 'confirm', before)).toThrow(invalid)
        expect(() => tokens.verify(token.slice(0, at) + other + token.slice(at), 'confirm', before)).toThrow(invalid)
      }
    }
  })

  test('refuse other spellings of the same bytes', () => {
    const token = tokens.sign({purpose: 'confirm', site: 's', subscriber: 'ann'})
    const mac = token.slice(token.lastIndexOf('.') + 1)
    const bytes = Buffer.from(mac, 'base64url')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spellings = [...alphabet].map((last) => mac.slice(0, -1) + last)
    const same = spellings.filter((text) => Buffer.from(text, 'base64url').equals(bytes))
    expect(same.length).toBe(16)
    for (const text of [...same, `${mac}==`, bytes.toString('base64'), bytes.toString('hex')].filter(
      (text) => text !== mac,
    )) {
      expect(() => tokens.verify(token.slice(0, -mac.length) + text, 'confirm', now)).toThrow(invalid)
    }
  })

  test('cannot be moved between sites and subscribers whose names join to the same text', () => {
    const token = tokens.sign({purpose: 'confirm', site: 'ab', subscriber: 'c'})
    const forged = tokens.sign({purpose: 'confirm', site: 'a', subscriber: 'bc'})
    expect(token.slice(-22)).not.toBe(forged.slice(-22))
  })

  test('refuse noise, and macs made with another secret', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), word), (noise) => {
        expect(() => tokens.verify(noise, 'confirm', now)).toThrow(invalid)
        const claims = 'k2.s.ann.0'
        const mac = createHmac('sha256', randomBytes(32))
          .update(noise + claims)
          .digest('base64url')
          .slice(0, 22)
        expect(() => tokens.verify(`${claims}.${mac}`, 'confirm', now)).toThrow(invalid)
      }),
    )
  })

  test('do not begin with keys that are missing, doubled or weak', () => {
    const weak = {id: 'k3', secret: new Uint8Array(8)}
    for (const keys of [[], [old, old], [weak], [{...old, id: 'a.b'}]]) {
      expect(() => createTokens({keys})).toThrow(expect.objectContaining({code: 'token.key.invalid'}))
    }
  })

  test('do not carry a mail address', () => {
    expect(() => tokens.sign({purpose: 'confirm', site: 's', subscriber: 'ann@example.org'})).toThrow(
      expect.objectContaining({kind: 'bug'}),
    )
  })
})
