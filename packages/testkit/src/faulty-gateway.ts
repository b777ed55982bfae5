import {once} from 'node:events'
import {createServer, request, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as pause} from 'node:timers/promises'

/** What befalls a request: nothing, a refusal, a cut before or after the server has done it, or a delay. */
export type GatewayFault = 'none' | 'slow-down' | 'unavailable' | 'cut-before' | 'cut-after' | 'slow'

export type FaultyGateway = {
  readonly port: number
  /** How often each fault has befallen a request. */
  readonly befallen: Record<GatewayFault, number>
  /** Chooses for each request; all go through until it is set. */
  choose: (request: {method: string; path: string}) => GatewayFault
  close(): Promise<void>
}

const slowMs = 100

/** Stands before an HTTP server such as that of a bucket, and lets calls go wrong as ways and servers do. */
export async function startFaultyGateway(targetPort: number): Promise<FaultyGateway> {
  const befallen = {none: 0, 'slow-down': 0, unavailable: 0, 'cut-before': 0, 'cut-after': 0, slow: 0}

  async function answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = 'GET', url = '/', headers} = asked
    const parts: Buffer[] = []
    for await (const part of asked) parts.push(part as Buffer)
    const fault = gateway.choose({method, path: url})
    befallen[fault] += 1
    if (fault === 'cut-before') return void response.destroy()
    if (fault === 'slow-down' || fault === 'unavailable') {
      const code = fault === 'slow-down' ? 'SlowDown' : 'ServiceUnavailable'
      return void response
        .writeHead(503, {'content-type': 'application/xml'})
        .end(`<Error><Code>${code}</Code></Error>`)
    }
    if (fault === 'slow') await pause(slowMs)
    const further = request({port: targetPort, method, path: url, headers})
    further.end(Buffer.concat(parts))
    const [found] = (await once(further, 'response')) as [IncomingMessage]
    if (fault === 'cut-after') {
      await once(found.resume(), 'end')
      return void response.destroy()
    }
    response.writeHead(found.statusCode ?? 502, found.headers)
    found.pipe(response)
  }

  const server = createServer((asked, response) => void answer(asked, response).catch(() => response.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: FaultyGateway = {
    port: (server.address() as AddressInfo).port,
    befallen,
    choose: () => 'none',
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return gateway
}
