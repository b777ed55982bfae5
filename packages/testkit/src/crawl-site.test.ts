import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {crawlSite} from './crawl-site.ts'

/** A site of a front page that links to `post/`; `isThere` decides at each question whether that answers. */
async function serve(front: () => string, isThere: () => boolean): Promise<string> {
  const server = createServer((request, response) => {
    const isPost = request.url === '/post/'
    response.statusCode = isPost && !isThere() ? 410 : 200
    response.setHeader('Content-Type', 'text/html')
    response.end(isPost ? 'A post.' : request.url === '/' ? front() : '')
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const link = '<a href="/post/">A post</a>'

test('what a page leads to and is not there dangles', async () => {
  const {dangling} = await crawlSite(
    await serve(
      () => link,
      () => false,
    ),
  )
  expect(dangling).toEqual([{page: '/', target: '/post/', status: 410}])
})

test('what has gone together with its link does not dangle', async () => {
  let asked = 0
  const {dangling, reached} = await crawlSite(
    await serve(
      () => (asked++ === 0 ? link : ''),
      () => false,
    ),
  )
  expect(dangling).toEqual([])
  expect(reached).not.toContain('/post/')
})

test('what has come back together with its link does not dangle, and is read', async () => {
  let asked = 0
  const {dangling, reached} = await crawlSite(
    await serve(
      () => link,
      () => asked++ > 0,
    ),
  )
  expect(dangling).toEqual([])
  expect(reached).toContain('/post/')
})
