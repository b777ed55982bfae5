import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {buffer} from 'node:stream/consumers'
import {BroadsideError} from '@broadside/runtime'
import {SMTPServer, type SMTPServerSession} from 'smtp-server'
import type {CapturedMessage, CapturedSummary} from './captured-message.ts'
import {openMailFolder} from './mail-folder.ts'

export type CaptureOptions = {
  /** Where the mails are kept. */
  dir: string
  /** Loopback unless said otherwise: there is no login. */
  host?: string
  /** A free one unless given. */
  port?: number
  now?: () => Date
}

export type CaptureServer = {
  /** For `createSubmitter`. */
  readonly url: string
  readonly port: number
  /** Newest last. */
  list(): CapturedSummary[]
  get(id: string): Promise<CapturedMessage | undefined>
  /** Calls `listener` for each mail from now on, once it is on disk. Returns what ends it. */
  onMessage(listener: (summary: CapturedSummary) => void): () => void
  /** Stops listening; connections have two seconds to end. A repeat does nothing. */
  close(): Promise<void>
}

const maxMessageBytes = 50 * 1024 * 1024

/**
 * A mail server that delivers nothing: whatever is sent to it lies in a folder, readable by `list` and `get`. A mail
 * is answered with 250 only when it would outlast a loss of power.
 *
 * Throws `smtp.capture.taken` (invalid) when the port cannot be listened on.
 */
export async function createCaptureServer({
  dir,
  host = '127.0.0.1',
  port = 0,
  now = () => new Date(),
}: CaptureOptions): Promise<CaptureServer> {
  const folder = await openMailFolder(dir)
  const listeners = new Set<(summary: CapturedSummary) => void>()
  let closed: Promise<void> | undefined

  async function receive(raw: Buffer, session: SMTPServerSession): Promise<void> {
    const {mailFrom, rcptTo} = session.envelope
    const from = mailFrom === false ? '' : mailFrom.address
    const summary = await folder.add({
      from,
      to: rcptTo.map(({address}) => address),
      receivedAt: now().toISOString(),
      raw,
    })
    for (const listener of listeners) listener(summary)
  }

  const server = new SMTPServer({
    banner: 'Broadside keeps all mail here',
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideENHANCEDSTATUSCODES: false,
    size: maxMessageBytes,
    closeTimeout: 2000,
    disableReverseLookup: true,
    onData(stream, session, done) {
      buffer(stream)
        .then(async (raw) => {
          if (stream.sizeExceeded) throw Object.assign(new Error('Message too large'), {responseCode: 552})
          await receive(raw, session)
        })
        .then(() => done())
        .catch((error: Error) => done('responseCode' in error ? error : Object.assign(error, {responseCode: 451})))
    },
  })
  // A client that hangs up or speaks nonsense is no concern of the others.
  server.on('error', () => {})
  // Replies to pipelined commands are written one by one; Nagle would hold each back for a delayed ACK of 40 ms.
  server.server.on('connection', (socket) => socket.setNoDelay(true))
  server.listen(port, host)
  try {
    await once(server.server, 'listening')
  } catch (cause) {
    throw new BroadsideError('invalid', 'smtp.capture.taken', `Mail cannot be captured on ${host}:${port}`, {
      hint: 'Choose another port, or stop what listens there',
      details: {host, port},
      cause,
    })
  }
  const bound = (server.server.address() as AddressInfo).port

  return {
    url: `smtp://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    list: folder.list,
    get: folder.get,
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => (closed ??= new Promise((resolve) => server.close(resolve))),
  }
}
