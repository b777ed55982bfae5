import fc from 'fast-check'
import {expect, test} from 'vitest'
import {onTheWire} from './on-the-wire.ts'

test('what is written after DATA is what a slow and plain reading of RFC 5321 gives', () => {
  const text = fc.string({unit: fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.'), minLength: 1, maxLength: 40})
  fc.assert(
    fc.property(text, (message) => {
      const lines = message.split(/\r\n|\r|\n/)
      if (lines.at(-1) === '') lines.pop()
      const wire = [...lines.map((line) => line.replace(/^\./, '..')), '.', ''].join('\r\n')
      expect(onTheWire(Buffer.from(message)).toString()).toBe(wire)
    }),
  )
})

test('a message that is in order is written as it is', () => {
  const message = Buffer.from('Subject: x\r\n\r\nHello.\r\n')
  expect(onTheWire(message).toString()).toBe('Subject: x\r\n\r\nHello.\r\n.\r\n')
})
