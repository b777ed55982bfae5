import type {Socket} from 'node:net'
import type {SmtpError} from './judge-failure.ts'

/** A server's answer; `text` has all of its lines, each with its code. */
export type Reply = {code: number; text: string}

/** The two sides of one SMTP connection, in step: who writes a command waits for its reply, in the same order. */
export type Dialogue = {
  /** False once either side has closed it, or the server spoke out of turn. */
  readonly open: boolean
  /** Writes what the server answers with so many replies. */
  write: (data: string | Uint8Array, replies: number) => void
  /** Resolves when what was written has left this process; rejects like `reply`. */
  drained: (ms: number, command: string) => Promise<void>
  /** The next reply; rejects when the connection ends or `ms` pass before. `command` is for the error. */
  reply: (ms: number, command: string) => Promise<Reply>
  /** Lets go of the socket, so that TLS can have it. True when the server had said nothing more (RFC 3207 4.2). */
  release: () => boolean
  destroy: (reason?: Error) => void
}

type Waiting = {resolve: (reply: Reply) => void; reject: (error: Error) => void; command: string}

/** More than any reply that makes sense. */
const maxReplyBytes = 64 * 1024

/** Speaks on a socket, which may be still connecting. The server has the first word, unless it has `greeted`. */
export function createDialogue(socket: Socket, {greeted = false} = {}): Dialogue {
  const replies: Reply[] = []
  let pending = ''
  let lines: string[] = []
  /** Replies that are still to come. */
  let owed = greeted ? 0 : 1
  let waiting: Waiting | undefined
  let ended: Error | undefined

  const end = (error: Error): void => {
    ended ??= error
    const last = waiting
    waiting = undefined
    last?.reject(Object.assign(error, {command: last.command}))
  }
  const onData = (chunk: Buffer): void => {
    pending += chunk.toString('latin1')
    for (let at = pending.indexOf('\n'); at >= 0; at = pending.indexOf('\n')) {
      readLine(pending.slice(0, at).trimEnd())
      pending = pending.slice(at + 1)
    }
    if (pending.length + lines.join('').length > maxReplyBytes) socket.destroy()
  }
  const onError = (error: Error): void => end(closed(error.message))
  const onClose = (): void => end(closed('The server closed the connection'))

  function readLine(line: string): void {
    lines.push(line)
    if (/^\d{3}-/.test(line)) return
    const reply = {code: /^\d{3}(?: |$)/.test(line) ? Number(line.slice(0, 3)) : 0, text: lines.join('\n')}
    lines = []
    owed -= 1
    // Words out of turn are a farewell; who writes next would take them for an answer.
    if (owed < 0) return end(closed(`The server said, unasked: ${line}`))
    const next = waiting
    waiting = undefined
    if (next === undefined) replies.push(reply)
    else next.resolve(reply)
  }

  function wait(ms: number, command: string, begin: (on: Waiting) => void): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(Object.assign(ended, {command}))
      const timer = setTimeout(() => {
        waiting = undefined
        reject(timedOut(ms, command))
      }, ms)
      begin({
        command,
        resolve(reply) {
          clearTimeout(timer)
          resolve(reply)
        },
        reject(error) {
          clearTimeout(timer)
          reject(error)
        },
      })
    })
  }

  socket.on('data', onData)
  socket.on('error', onError)
  socket.on('end', onClose)
  socket.on('close', onClose)

  return {
    get open() {
      return ended === undefined
    },
    write(data, expected) {
      owed += expected
      if (typeof data === 'string') socket.write(data, 'latin1')
      else socket.write(data)
    },
    async drained(ms, command) {
      if (!socket.writableNeedDrain) return
      await wait(ms, command, (on) => {
        waiting = on
        socket.once('drain', () => {
          if (waiting === on) waiting = undefined
          on.resolve({code: 0, text: ''})
        })
      })
    },
    async reply(ms, command) {
      return replies.shift() ?? (await wait(ms, command, (on) => (waiting = on)))
    },
    release() {
      for (const [event, listener] of [
        ['data', onData],
        ['error', onError],
        ['end', onClose],
        ['close', onClose],
      ] as const)
        socket.off(event, listener as () => void)
      return replies.length === 0 && pending === '' && lines.length === 0
    },
    destroy(reason) {
      end(reason ?? closed('The connection was closed'))
      socket.destroy()
    },
  }
}

function closed(message: string): SmtpError {
  return Object.assign(new Error(message), {code: 'ECONNECTION'})
}

function timedOut(ms: number, command: string): SmtpError {
  return Object.assign(new Error(`No answer within ${ms} ms`), {code: 'ETIMEDOUT', command})
}
