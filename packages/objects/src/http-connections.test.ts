import {once} from 'node:events'
import {createServer, type Socket} from 'node:net'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {createConnections} from './http-connections.ts'

const good = 'HTTP/1.1 200 OK\r\nETag: "abc"\r\nContent-Length: 0\r\n\r\n'
const head = (name: string, length: number) => `PUT /${name} HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`

/** A server that hands each request, read whole, to `answer`, and the connections to it. */
async function serve(answer: (socket: Socket, name: string, body: string) => void, {most = 2, silentMs = 60_000} = {}) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    let text = ''
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      const [, name, length] = /^PUT \/(\S*)[^]*?content-length: (\d+)\r\n\r\n/.exec(text) ?? []
      const start = text.indexOf('\r\n\r\n') + 4
      if (name === undefined || text.length < start + Number(length)) return
      const body = text.slice(start)
      text = ''
      answer(socket, name, body)
    })
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const connections = createConnections({protocol: 'http:', hostname: '127.0.0.1', port}, {most, silentMs})
  onTestFinished(() => {
    connections.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const put = (name: string, body = '', signal?: AbortSignal) =>
    connections.ask(head(name, body.length), Buffer.from(body), signal)
  return {put, sockets, close: connections.close}
}

test('bodies short and long go over one connection after another, whole', async () => {
  const bodies: string[] = []
  const {put, sockets} = await serve((socket, _, body) => {
    bodies.push(body)
    socket.write(good)
  })
  const given = ['', 'short', 'long '.repeat(20_000)]
  for (const body of given) expect((await put('x', body)).headers.get('etag')).toBe('"abc"')
  expect(bodies).toEqual(given)
  expect(sockets).toHaveLength(1)
})

test('no more connections are open than allowed, and who waits is served in turn or gives up', async () => {
  const asked: [socket: Socket, name: string][] = []
  const arrived = [1, 2, 3].map(() => Promise.withResolvers<void>())
  const {put, sockets} = await serve((socket, name) => arrived[asked.push([socket, name]) - 1]?.resolve())
  const first = ['a', 'b'].map((name) => put(name))
  const leaving = new AbortController()
  const left = put('left', '', leaving.signal)
  const last = put('c')
  await Promise.all([arrived[0]!.promise, arrived[1]!.promise])
  leaving.abort(new Error('too late'))
  await expect(left).rejects.toThrow('too late')
  asked[0]![0].write(good)
  await arrived[2]!.promise
  for (const [socket] of asked.slice(1)) socket.write(good)
  for (const {status} of await Promise.all([...first, last])) expect(status).toBe(200)
  expect(asked.map(([, name]) => name).sort()).toEqual(['a', 'b', 'c'])
  expect(sockets).toHaveLength(2)
})

test('a connection that was given up, cut, or left out of step is not used again', async () => {
  const ways: Record<string, (socket: Socket) => void> = {
    cut: (socket) => socket.destroy(),
    ended: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    garbled: (socket) => socket.write('what?\r\n\r\n'),
    extra: (socket) => socket.write(good + good),
    silent: () => leaving.abort(new Error('too late')),
    good: (socket) => socket.write(good),
  }
  const leaving = new AbortController()
  const {put, sockets} = await serve((socket, name) => ways[name]?.(socket))
  await expect(put('cut')).rejects.toThrow(/closed|ECONNRESET/)
  await expect(put('ended')).rejects.toThrow('closed')
  await expect(put('garbled')).rejects.toThrow('not of HTTP')
  expect(await put('extra')).toMatchObject({isInStep: false})
  await expect(put('silent', '', leaving.signal)).rejects.toThrow('too late')
  expect(await put('good')).toMatchObject({status: 200})
  expect(await put('good')).toMatchObject({status: 200})
  expect(sockets).toHaveLength(6)
})

test('a connection that the server closed meanwhile is not used', async () => {
  const {put, sockets} = await serve((socket) => socket.write(good))
  await put('x')
  const [socket] = sockets
  socket!.end()
  await once(socket!, 'close')
  await put('x')
  expect(sockets).toHaveLength(2)
})

test('a server that is silent too long is left', async () => {
  const {put} = await serve(() => {}, {silentMs: 50})
  await expect(put('silent')).rejects.toThrow('did not answer')
})

test('closing ends what is under way', async () => {
  const {put, close} = await serve(() => close())
  await expect(put('x')).rejects.toThrow('given up')
})
