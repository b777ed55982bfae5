import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as pause} from 'node:timers/promises'
import {passOn, putOnCondition} from './put-on-condition.ts'

/** What befalls a request: nothing, a refusal, a cut before or after the server has done it, or a delay. */
export type GatewayFault = 'none' | 'slow-down' | 'unavailable' | 'cut-before' | 'cut-after' | 'slow'

export type FaultyGateway = {
  readonly port: number
  /** How often each fault has befallen a request. */
  readonly befallen: Record<GatewayFault, number>
  /** Chooses for each request, which waits for it; all go through until it is set. */
  choose: (request: {method: string; path: string}) => GatewayFault | Promise<GatewayFault>
  /** Paths of puts whose condition did not hold when they came down, in their order. */
  readonly refused: string[]
  close(): Promise<void>
}

const slowMs = 100

/**
 * Stands before an HTTP server such as that of a bucket, and lets calls go wrong as ways and servers do. With
 * `keepsConditions` it keeps those of puts for a server that ignores them.
 */
export async function startFaultyGateway(
  targetPort: number,
  {keepsConditions = false}: {keepsConditions?: boolean} = {},
): Promise<FaultyGateway> {
  const refused: string[] = []
  const put = putOnCondition(targetPort)
  const befallen = {none: 0, 'slow-down': 0, unavailable: 0, 'cut-before': 0, 'cut-after': 0, slow: 0}

  async function answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = 'GET', url = '/', headers} = asked
    const parts: Buffer[] = []
    for await (const part of asked) parts.push(part as Buffer)
    const fault = await gateway.choose({method, path: url})
    befallen[fault] += 1
    if (fault === 'cut-before') return void response.destroy()
    if (fault === 'slow-down' || fault === 'unavailable') {
      const code = fault === 'slow-down' ? 'SlowDown' : 'ServiceUnavailable'
      return void response
        .writeHead(503, {'content-type': 'application/xml'})
        .end(`<Error><Code>${code}</Code></Error>`)
    }
    if (fault === 'slow') await pause(slowMs)
    const passed = {call: {method, path: url, headers}, body: Buffer.concat(parts)}
    const found = keepsConditions && method === 'PUT' ? await put(passed) : await passOn(targetPort, passed)
    if (found === undefined) {
      refused.push(url)
      const error = '<Error><Code>PreconditionFailed</Code></Error>'
      return void response.writeHead(412, {'content-type': 'application/xml'}).end(error)
    }
    if (found.statusCode === 412) refused.push(url)
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
    refused,
    choose: () => 'none',
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return gateway
}
