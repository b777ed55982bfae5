import {once} from 'node:events'
import {createServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {getCACertificates, setDefaultCACertificates} from 'node:tls'
import {defaultHeaders, openObjects} from '@broadside/objects'
import {expect, onTestFinished, test} from 'vitest'
import {selfSigned} from './self-signed.ts'

test('objects are put over TLS, by plain requests too, and only to a server whose certificate is trusted', async () => {
  const own = selfSigned('localhost')
  const asked: string[] = []
  const server = createServer(own, (request, response) => {
    if (!request.url!.includes('probe')) asked.push(`${request.method} ${request.url}`)
    response.setHeader('ETag', '"abc"').end(request.method === 'POST' ? '<DeleteResult></DeleteResult>' : undefined)
  }).listen(0)
  await once(server, 'listening')
  const before = getCACertificates('default')
  onTestFinished(() => {
    setDefaultCACertificates(before)
    server.close()
    server.closeAllConnections()
  })
  const url = `s3://site?endpoint=https://localhost:${(server.address() as AddressInfo).port}&region=eu-west-1`
  const options = {credentials: {accessKeyId: 'TESTKEY', secretAccessKey: 'test-secret'}, maxAttempts: 1}

  setDefaultCACertificates([own.cert])
  const objects = await openObjects(url, options)
  onTestFinished(() => objects.close())
  asked.length = 0
  const put = (key: string) => objects.put(key, Buffer.from('hello'), defaultHeaders(key))
  expect(await put('x.html')).toEqual({etag: 'abc'})
  expect(asked).toEqual(['PUT /site/x.html'])

  server.setSecureContext(selfSigned('localhost'))
  server.closeAllConnections()
  await expect(put('y.html')).rejects.toMatchObject({code: 'objects.unreachable'})
  expect(asked).toEqual(['PUT /site/x.html'])
})
