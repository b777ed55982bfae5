import {createServer} from 'node:net'

/** Whether something could listen on this port now. */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return listenOnce(port, host).then(
    () => true,
    () => false,
  )
}

/**
 * A TCP port nobody listens on: the preferred one when it is free, else one the system picks. It is free at this
 * moment only, so whoever listens on it later must still expect to find it taken.
 */
export async function freePort(preferred?: number, host = '127.0.0.1'): Promise<number> {
  if (preferred !== undefined && (await portIsFree(preferred, host))) return preferred
  return await listenOnce(0, host)
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({port, host, exclusive: true}, () => {
      const address = server.address()
      const got = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve(got))
    })
  })
}
