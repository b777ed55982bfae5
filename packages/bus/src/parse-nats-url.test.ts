import {expect, test} from 'vitest'
import {parseNatsUrl} from './parse-nats-url.ts'

test('servers, user and password, or a token', () => {
  expect(parseNatsUrl('nats://127.0.0.1:4222')).toEqual({servers: ['nats://127.0.0.1:4222']})
  expect(parseNatsUrl('tls://ada:p%40ss@a:1, b:2')).toEqual({
    servers: ['tls://a:1', 'nats://b:2'],
    user: 'ada',
    pass: 'p@ss',
  })
  expect(parseNatsUrl('nats://s3cret@a')).toEqual({servers: ['nats://a'], token: 's3cret'})
})

test('an address that cannot be read is refused without telling what it holds', () => {
  for (const url of ['', 'http://a', 'nats://', 'nats://ada:secret@']) {
    expect(() => parseNatsUrl(url)).toThrow(/^the address of NATS cannot be read$/)
  }
})
