import {expect, test} from 'vitest'
import {parseAnswer} from './http-answer.ts'

const answer = (lines: string[], body = '', first = 'HTTP/1.1 200 OK') =>
  `${[first, ...lines].join('\r\n')}\r\n\r\n${body}`
const chunked = 'Transfer-Encoding: chunked'

test('an answer is whole once its head and as much as it says of its body are there', () => {
  const text = answer(['ETag: "abc"', 'x-id:  1 ', 'X-Id: 2', 'Content-Length: 5'], 'hello')
  for (let length = 0; length < text.length; length += 1) expect(parseAnswer(text.slice(0, length))).toBeUndefined()
  const headers = new Map(Object.entries({etag: '"abc"', 'x-id': '1, 2', 'content-length': '5'}))
  expect(parseAnswer(text)).toEqual({status: 200, headers, isInStep: true})
})

test('a body in chunks ends with the chunk that is empty', () => {
  const text = answer([chunked], '6\r\n0\r\n\r\n\n\r\n0\r\n\r\n')
  expect(parseAnswer(text.slice(0, -5))).toBeUndefined()
  expect(parseAnswer(text)).toMatchObject({status: 200, isInStep: true})
  expect(parseAnswer(answer([chunked], '0\r\n\r\n'))).toMatchObject({isInStep: true})
})

test('the final answer is what counts, behind those that go before', () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'
  expect(parseAnswer(early)).toBeUndefined()
  expect(parseAnswer(early + answer(['Content-Length: 0'], '', 'HTTP/1.1 503 '))).toMatchObject({
    status: 503,
    headers: new Map([['content-length', '0']]),
  })
})

test.each([
  ['whose length nobody tells', answer(['ETag: "abc"'])],
  ['of a server that closes', answer(['Content-Length: 0', 'Connection: Close'])],
  ['of HTTP/1.0', answer(['Content-Length: 0'], '', 'HTTP/1.0 200 OK')],
  ['with two lengths', answer(['Content-Length: 5', 'Content-Length: 0'])],
  ['with a length and chunks', answer(['Content-Length: 0', chunked])],
  ['with more behind it', answer(['Content-Length: 0'], 'HTTP/1.1 200 OK')],
  ['without a body and with one all the same', answer(['Content-Length: 5'], 'hello', 'HTTP/1.1 204 No Content')],
  ['that is too long to be waited for', answer(['Content-Length: 90000'], 'x'.repeat(70_000))],
])('an answer %s is taken, and the connection is not used again', (_, text) => {
  expect(parseAnswer(text)).toMatchObject({isInStep: false})
})

test.each([
  ['of another protocol', '220 mail.example ESMTP\r\n\r\n'],
  ['that changes the protocol', answer([], '', 'HTTP/1.1 101 Switching Protocols')],
  ['with a line that is no header', answer(['ETag'])],
  ['with a header without a name', answer([': x'])],
  ['without an end', 'HTTP/1.1 200 OK\r\n'.padEnd(70_000, 'x')],
])('an answer %s is none', (_, text) => {
  expect(() => parseAnswer(text)).toThrow('The answer')
})
