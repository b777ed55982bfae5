import {once} from 'node:events'
import {createServer} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {freePort, nameListener, portIsFree, whoListens} from './index.ts'

test('a preferred port is taken when it is free, and another one when it is not', async () => {
  const port = await freePort()
  expect(await freePort(port)).toBe(port)
  await listen(port)
  expect(await portIsFree(port)).toBe(false)
  const other = await freePort(port)
  expect(other).not.toBe(port)
  expect(await portIsFree(other)).toBe(true)
})

test('who listens on a port is this process when it does, and nobody when nobody does', async () => {
  const port = await freePort()
  expect(await whoListens(port)).toBeUndefined()
  await listen(port)
  const listener = await whoListens(port)
  expect(listener?.pid).toBe(process.pid)
  expect(nameListener(listener)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`))
})

async function listen(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
}
