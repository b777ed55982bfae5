import {once} from 'node:events'
import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export type ReceivedRequest = {
  method: string
  /** With the query. */
  path: string
  headers: Record<string, string | undefined>
  body: string
}

/** What the server does with a request: answers, hangs up without an answer, or says nothing for ever. */
export type HttpReply = {status: number; headers?: Record<string, string>; body?: string} | 'drop' | 'stall'

export type FaultyHttp = {
  readonly url: string
  /** Whole requests, in the order in which they came, whether or not they were answered. */
  readonly requests: readonly ReceivedRequest[]
  /** What the next requests get, one each and in this order, before the usual. */
  next(...replies: HttpReply[]): void
  close(): Promise<void>
}

/** A real HTTP server on a free loopback port that goes wrong on request. `usual` answers all other requests. */
export async function createFaultyHttp(
  usual: (request: ReceivedRequest) => HttpReply = () => ({status: 204}),
): Promise<FaultyHttp> {
  const requests: ReceivedRequest[] = []
  const replies: HttpReply[] = []

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('error', () => {})
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers as Record<string, string | undefined>,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      requests.push(request)
      send(response, replies.shift() ?? usual(request))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    next: (...more) => void replies.push(...more),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function send(response: ServerResponse, reply: HttpReply): void {
  if (reply === 'stall') return
  if (reply === 'drop') {
    response.destroy()
    return
  }
  response.writeHead(reply.status, reply.headers)
  response.end(reply.body)
}
