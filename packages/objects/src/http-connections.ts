import {openConnection, type HttpConnection, type HttpServer} from './http-connection.ts'
import type {HttpAnswer} from './http-answer.ts'

export type HttpConnections = {
  /**
   * Writes a request as soon as a connection is free, and gives the answer. `head` ends with an empty line and says the
   * length of the body. Nothing is repeated: throws what befell the connection, or the reason of the signal.
   */
  ask(head: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** Closes all connections, those in use too. */
  close(): void
}

type Options = {
  /** Connections at once. */
  most: number
  /** How long a server may be silent. */
  silentMs: number
}

/** Servers close a connection that had nothing to do for 5 s and more; one that is about to be closed is not used. */
const idleMs = 4_000

/**
 * Connections that are kept for the next request. What Node's own client does for each request (streams for both ways,
 * headers of any kind, events) is more than all that a put of a small file needs besides.
 */
export function createConnections(server: HttpServer, {most, silentMs}: Options): HttpConnections {
  const all = new Set<HttpConnection>()
  const idle: HttpConnection[] = []
  const waiting = new Set<() => void>()
  let underWay = 0

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    if (underWay < most) {
      underWay += 1
      return
    }
    const turn = Promise.withResolvers<void>()
    const onAbort = () => {
      waiting.delete(turn.resolve)
      turn.reject(signal?.reason)
    }
    waiting.add(turn.resolve)
    signal?.addEventListener('abort', onAbort, {once: true})
    await turn.promise
    signal?.removeEventListener('abort', onAbort)
  }

  /** The next one gets the place itself, so nobody who comes meanwhile can take it. */
  function leave(): void {
    const [next] = waiting
    if (next === undefined) underWay -= 1
    else {
      waiting.delete(next)
      next()
    }
  }

  function connect(): HttpConnection {
    // The last that was used is the likeliest to be open still; those below it have rested longer.
    for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
      if (found.isOpen && performance.now() - found.idleSince < idleMs) return found
      drop(found)
    }
    const connection = openConnection(server, silentMs)
    all.add(connection)
    return connection
  }

  function drop(connection: HttpConnection): void {
    all.delete(connection)
    connection.destroy(new Error('The connection is given up'))
  }

  return {
    async ask(head, body, signal) {
      signal?.throwIfAborted()
      await enter(signal)
      const connection = connect()
      const onAbort = () => connection.destroy(signal?.reason)
      signal?.addEventListener('abort', onAbort, {once: true})
      try {
        signal?.throwIfAborted()
        return await connection.ask(head, body)
      } finally {
        signal?.removeEventListener('abort', onAbort)
        if (connection.isOpen) idle.push(connection)
        else all.delete(connection)
        leave()
      }
    },
    close() {
      for (const connection of all) drop(connection)
    },
  }
}
