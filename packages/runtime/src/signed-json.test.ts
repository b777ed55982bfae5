import {generateKeyPairSync} from 'node:crypto'
import {expect, test} from 'vitest'
import {canonicalJson, publicKeyOf, readSigningKey, signJson, verifyJson} from './signed-json.ts'

const pem = generateKeyPairSync('ed25519').privateKey.export({format: 'pem', type: 'pkcs8'}).toString()
const key = readSigningKey(pem)

test('the canonical form is the one of RFC 8785: the order of members and spaces say nothing', () => {
  const value = {
    '\u20ac': 'Euro',
    '\r': 'CR',
    '\ufb33': 'Dalet',
    1: 'One',
    '\u{1f600}': 'Smile',
    '\u0080': 'Control',
    ö: 'O',
  }
  expect([...canonicalJson(value).matchAll(/:"(\w+)"/g)].map(([, name]) => name)).toEqual([
    'CR',
    'One',
    'Control',
    'O',
    'Euro',
    'Smile',
    'Dalet',
  ])
  expect(canonicalJson({b: [1e21, 4.5, null, undefined], a: undefined, A: {z: true, y: '\u000f\n'}})).toBe(
    '{"A":{"y":"\\u000f\\n","z":true},"b":[1e+21,4.5,null,null]}',
  )
})

test('a value that was signed is known again however it is written, and any other is not', () => {
  const value = {release: 12, outputs: [{path: '/', sha256: 'a'}]}
  const signature = signJson(value, key)
  expect(signature).toEqual(signJson(value, key))
  expect(signature.key).toBe(publicKeyOf(key))
  expect(verifyJson({outputs: [{sha256: 'a', path: '/'}], release: 12}, signature)).toBe(true)
  expect(verifyJson({...value, release: 13}, signature)).toBe(false)
  const other = publicKeyOf(generateKeyPairSync('ed25519').privateKey)
  expect(verifyJson(value, {...signature, key: other})).toBe(false)
  expect(verifyJson(value, {...signature, value: 'no base64 of a signature'})).toBe(false)
  expect(verifyJson(value, {...signature, key: 'short'})).toBe(false)
})

test('what is no key to sign with is refused without repeating it', () => {
  const rsa = generateKeyPairSync('rsa', {modulusLength: 1024}).privateKey.export({format: 'pem', type: 'pkcs8'})
  for (const wrong of ['secret words', rsa.toString()]) {
    expect(() => readSigningKey(wrong)).toThrow('the key to sign with is no Ed25519 key in PEM')
  }
})
