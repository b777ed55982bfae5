import {createServer, request} from 'node:http'
import type {AddressInfo} from 'node:net'

export type PurgingCache = {
  url: string
  /** What it was told, in order: `PURGE /posts/a/`, `PURGE /*`. */
  told: string[]
  /** Answers of a PURGE while it is set, instead of doing it. */
  failWith: number | undefined
  close: () => Promise<void>
}

type Kept = {status: number; headers: Record<string, string | string[] | undefined>; body: Buffer}

/**
 * A cache in front of `origin`, as stubborn as one can be: what it has it keeps, errors too, whatever headers of the
 * answer or of the reader say, until a `PURGE` names it; one that ends with `*` names all that begin so.
 */
export async function startPurgingCache(origin: () => string): Promise<PurgingCache> {
  const kept = new Map<string, Kept>()
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '/'
    const end = (status: number, text: string) => answer.writeHead(status).end(text)
    if (asked.method === 'PURGE') {
      cache.told.push(`PURGE ${path}`)
      if (cache.failWith !== undefined) return end(cache.failWith, 'not now')
      const isMeant = (known: string) => (path.endsWith('*') ? known.startsWith(path.slice(0, -1)) : known === path)
      for (const known of kept.keys()) if (isMeant(known)) kept.delete(known)
      return end(200, 'gone')
    }
    const give = ({status, headers, body}: Kept) => answer.writeHead(status, headers).end(body)
    const known = kept.get(path)
    if (known !== undefined) return give(known)
    const {hostname, port} = new URL(origin())
    const further = request({hostname, port, path, method: 'GET'}, (found) => {
      const parts: Buffer[] = []
      found.on('data', (part: Buffer) => parts.push(part))
      found.on('end', () => {
        const one = {status: found.statusCode ?? 500, headers: found.headers, body: Buffer.concat(parts)}
        kept.set(path, one)
        give(one)
      })
    })
    further.on('error', () => end(502, 'the origin does not answer'))
    further.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cache: PurgingCache = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told: [],
    failWith: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return cache
}
