import {expect, test} from 'vitest'
import {amzDate, createSigner, encodeKey} from './sign-request.ts'

test("a put is signed as in the example of Amazon's own documentation", () => {
  const sign = createSigner({region: 'us-east-1', service: 's3'})
  const headers = {
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  }
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const path = `/${encodeKey('test$file.text')}`
  expect(sign({method: 'PUT', path, headers}, credentials)).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, ' +
      'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  )
})

test('another day and another secret have keys of their own', () => {
  const sign = createSigner({region: 'eu-west-1', service: 's3'})
  const on = (day: string) => {
    const headers = {host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': `${day}T100000Z`}
    return {method: 'PUT', path: '/x', headers}
  }
  const credentials = {accessKeyId: 'K', secretAccessKey: 'one'}
  const first = sign(on('20261123'), credentials)
  const others = [sign(on('20261124'), credentials), sign(on('20261123'), {...credentials, secretAccessKey: 'two'})]
  expect(new Set([first, ...others]).size).toBe(3)
  expect(sign(on('20261123'), credentials)).toBe(first)
})

test('a moment and a key are written as S3 reads them', () => {
  expect(amzDate(new Date('2013-05-24T01:02:03.456Z'))).toBe('20130524T010203Z')
  expect(encodeKey("a b/ü!'()*~-._/index.html")).toBe('a%20b/%C3%BC%21%27%28%29%2A~-._/index.html')
})
