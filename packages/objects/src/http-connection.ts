import {connect as connectPlain, isIP} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {parseAnswer, type HttpAnswer} from './http-answer.ts'

export type HttpServer = {protocol: string; hostname: string; port: number | undefined}

/** One connection to a server, which carries one request at a time. */
export type HttpConnection = {
  /** False once either side has closed it, or it can no longer be trusted to be in step. */
  readonly isOpen: boolean
  /** Since when it has had nothing to do, ms of `performance.now()`. */
  readonly idleSince: number
  /** Writes a request and gives the answer. Throws what befell the connection before there was one. */
  ask(head: string, body: Uint8Array): Promise<HttpAnswer>
  /** Closes it; what is asked meanwhile ends with this error. */
  destroy(error: Error): void
}

/** A body up to this size is copied behind its head, since two pieces cost more than a copy. */
const copiedBytes = 32 * 1024

/**
 * Connects to a server of HTTP/1.1. A connection that is silent for `silentMs` is closed; one with nothing to do keeps
 * no process alive.
 */
export function openConnection({protocol, hostname, port}: HttpServer, silentMs: number): HttpConnection {
  const isSecure = protocol === 'https:'
  const host = hostname.replaceAll(/^\[|\]$/g, '')
  const to = {host, port: port ?? (isSecure ? 443 : 80), noDelay: true}
  const servername = isIP(host) === 0 ? {servername: host} : {}
  const socket = isSecure ? connectTls({...to, ...servername, ALPNProtocols: ['http/1.1']}) : connectPlain(to)
  let isOpen = true
  let idleSince = performance.now()
  let asked: PromiseWithResolvers<HttpAnswer> | undefined
  let text = ''

  function destroy(error: Error): void {
    isOpen = false
    socket.destroy()
    asked?.reject(error)
    asked = undefined
  }

  function read(bytes: Buffer): void {
    if (asked === undefined) return destroy(new Error('The server spoke without being asked'))
    text += bytes.toString('latin1')
    let answer: HttpAnswer | undefined
    try {
      answer = parseAnswer(text)
    } catch (error) {
      return destroy(error as Error)
    }
    if (answer === undefined) return
    const {resolve} = asked
    asked = undefined
    text = ''
    idleSince = performance.now()
    // A server that answers before it was told everything may take the rest for another request.
    if (!answer.isInStep || socket.writableLength > 0) destroy(new Error('closed'))
    else socket.unref()
    resolve(answer)
  }

  socket
    .setTimeout(silentMs)
    .on('data', read)
    .on('error', destroy)
    .on('timeout', () => destroy(new Error('The server did not answer')))
    .on('end', () => destroy(new Error('The server closed the connection')))
    .on('close', () => destroy(new Error('The connection was closed')))

  return {
    get isOpen() {
      return isOpen
    },
    get idleSince() {
      return idleSince
    },
    ask(head, body) {
      asked = Promise.withResolvers()
      socket.ref()
      const size = head.length + body.byteLength
      if (body.byteLength <= copiedBytes) {
        const all = Buffer.allocUnsafe(size)
        all.write(head, 'latin1')
        all.set(body, head.length)
        socket.write(all)
      } else {
        socket.cork()
        socket.write(head, 'latin1')
        socket.write(body)
        socket.uncork()
      }
      return asked.promise
    },
    destroy,
  }
}
