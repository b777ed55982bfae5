import {connect as connectPlain, isIP, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {createDialogue, type Dialogue} from './dialogue.ts'
import {greet, logIn, refusal, type Extensions} from './greet.ts'
import {judgeFailure, type Progress, type SmtpError} from './judge-failure.ts'
import {onTheWire} from './on-the-wire.ts'
import type {Outcome, Submission, SubmitterTimeouts} from './outcome.ts'
import type {SmtpTarget} from './smtp-target.ts'

export type SessionTimeouts = Required<SubmitterTimeouts>

/** One connection, greeted and logged in. It carries one message at a time. */
export type Session = {
  /** False once either side has closed it, or it can no longer be trusted to be in step. */
  readonly open: boolean
  /** How many messages were begun on it. */
  readonly messages: number
  /** `stale` means that the server had closed the session, and none of the message was sent. */
  send(submission: Submission): Promise<{outcome: Outcome; stale: boolean}>
  /** QUIT, then close. */
  quit(): Promise<void>
  /** Close at once; what is being sent meanwhile ends as an error of the connection. */
  destroy(): void
}

/** What is written at once, so that a long message is complete only when the server has taken nearly all of it. */
const pieceBytes = 64 * 1024

/**
 * Connects, greets, takes TLS and logs in as `target` says. Throws an `SmtpError`; the caller judges it. A message takes
 * two round trips where the server allows commands to be sent together (PIPELINING, RFC 2920), else four.
 */
export async function openSession(target: SmtpTarget, timeouts: SessionTimeouts, name?: string): Promise<Session> {
  const {dialogue, extensions} = await openDialogue(target, timeouts, name)
  const {commandMs, dotMs} = timeouts
  const pipelining = extensions.has('PIPELINING')
  const maxBytes = Number(extensions.get('SIZE')) || Infinity
  let messages = 0

  /** MAIL, RCPT and DATA; throws the first that is refused. */
  async function announce(from: string, to: string, bytes: number): Promise<void> {
    const size = extensions.has('SIZE') ? ` SIZE=${bytes}` : ''
    const steps = [
      ['MAIL FROM', `MAIL FROM:<${from}>${size}\r\n`, 250],
      ['RCPT TO', `RCPT TO:<${to}>\r\n`, 250],
      ['DATA', 'DATA\r\n', 354],
    ] as const
    if (pipelining) dialogue.write(steps.map(([, line]) => line).join(''), steps.length)
    let refused: SmtpError | undefined
    for (const [command, line, expected] of steps) {
      if (!pipelining) dialogue.write(line, 1)
      const reply = await dialogue.reply(commandMs, command).catch((error: unknown) => {
        throw refused ?? error
      })
      const isFine = reply.code === expected || (command === 'RCPT TO' && reply.code === 251)
      if (!isFine) refused ??= refusal(reply, command)
      if (refused !== undefined && (!pipelining || reply.code === 421)) throw refused
      // A server that wants a message for nobody gets an empty one (RFC 2920 3.1).
      if (refused !== undefined && command === 'DATA' && reply.code === 354) {
        dialogue.write('.\r\n', 1)
        await dialogue.reply(dotMs, 'DATA').catch(() => undefined)
      }
    }
    if (refused !== undefined) throw refused
  }

  async function write(wire: Buffer, isComplete: () => void): Promise<void> {
    for (let at = 0; at < wire.length; at += pieceBytes) {
      const isLast = at + pieceBytes >= wire.length
      if (isLast) isComplete()
      dialogue.write(wire.subarray(at, at + pieceBytes), isLast ? 1 : 0)
      if (!isLast) await dialogue.drained(commandMs, 'DATA')
      if (!isLast && !dialogue.open) throw closedBefore()
    }
  }

  return {
    get open() {
      return dialogue.open
    },
    get messages() {
      return messages
    },
    async send({from, to, raw}) {
      messages += 1
      let progress: Progress = 'unread'
      try {
        if (raw.byteLength > maxBytes) throw tooLong(raw.byteLength, maxBytes)
        await announce(from, to, raw.byteLength)
        progress = 'reading'
        await write(onTheWire(raw), () => (progress = 'complete'))
        const reply = await dialogue.reply(dotMs, 'DATA')
        if (reply.code < 200 || reply.code > 299) throw refusal(reply, 'DATA')
        return {outcome: {state: 'accepted', reply: reply.text}, stale: false}
      } catch (error) {
        const problem = error as SmtpError
        const outcome = judgeFailure(problem, progress)
        await recover(problem)
        return {outcome, stale: progress === 'unread' && foundClosed(problem)}
      }
    },
    async quit() {
      if (!dialogue.open) return
      dialogue.write('QUIT\r\n', 1)
      await dialogue.reply(Math.min(commandMs, 2000), 'QUIT').catch(() => undefined)
      dialogue.destroy()
    },
    destroy() {
      dialogue.destroy(Object.assign(new Error('The connection was given up'), {code: 'EGIVENUP'}))
    },
  }

  /** After a reply the session goes on with RSET; after anything else nobody knows what the server will read next. */
  async function recover({responseCode}: SmtpError): Promise<void> {
    if (dialogue.open && responseCode !== undefined && responseCode !== 421) {
      dialogue.write('RSET\r\n', 1)
      const reply = await dialogue.reply(commandMs, 'RSET').catch(() => undefined)
      if (reply?.code === 250) return
    }
    dialogue.destroy()
  }
}

async function openDialogue(
  target: SmtpTarget,
  {connectMs, greetingMs, commandMs}: SessionTimeouts,
  name: string | undefined,
): Promise<{dialogue: Dialogue; extensions: Extensions}> {
  const {host, port, secure, startTls, credentials} = target
  const servername = isIP(host) === 0 ? {servername: host} : {}
  const socket = secure ? connectTls({host, port, ...servername}) : connectPlain({host, port})
  socket.setNoDelay(true)
  let dialogue = createDialogue(socket)
  try {
    await connected(socket, secure ? 'secureConnect' : 'connect', connectMs)
    const greeting = await dialogue.reply(greetingMs, 'CONN')
    if (greeting.code !== 220) throw refusal(greeting, 'CONN')
    let extensions = await greet(dialogue, commandMs, name)
    if (!secure && startTls !== 'off' && (startTls === 'required' || extensions.has('STARTTLS'))) {
      dialogue.write('STARTTLS\r\n', 1)
      const reply = await dialogue.reply(commandMs, 'STARTTLS')
      if (reply.code !== 220) throw refusal(reply, 'STARTTLS')
      // What was said in the clear behind the answer may be anybody's.
      if (!dialogue.release())
        throw Object.assign(new Error('The server spoke before TLS stood'), {command: 'STARTTLS'})
      const encrypted = connectTls({socket, ...servername, rejectUnauthorized: startTls === 'required'})
      dialogue = createDialogue(encrypted, {greeted: true})
      await connected(encrypted, 'secureConnect', connectMs)
      extensions = await greet(dialogue, commandMs, name)
    }
    if (credentials !== undefined) await logIn(dialogue, commandMs, credentials, extensions)
    return {dialogue, extensions}
  } catch (error) {
    dialogue.destroy()
    throw error
  }
}

function connected(socket: Socket, event: 'connect' | 'secureConnect', ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(Object.assign(new Error(`No connection within ${ms} ms`), {code: 'ETIMEDOUT'})),
      ms,
    )
    const settle = (error?: Error): void => {
      clearTimeout(timer)
      socket.off('error', settle)
      socket.off('close', closed)
      if (error === undefined) resolve()
      else reject(Object.assign(error, {command: 'CONN'}))
    }
    const closed = (): void => settle(closedBefore())
    socket.once('error', settle)
    socket.once('close', closed)
    socket.once(event, () => settle())
  })
}

/** The server had ended the session: it closed the connection, or answered MAIL with 421, as it does when idle. */
function foundClosed(problem: SmtpError): boolean {
  if (problem.responseCode !== undefined) return problem.responseCode === 421 && problem.command === 'MAIL FROM'
  return problem.code === 'ECONNECTION'
}

function closedBefore(): SmtpError {
  return Object.assign(new Error('The server closed the connection'), {code: 'ECONNECTION', command: 'DATA'})
}

/** The server announced its limit in EHLO (RFC 1870), so nothing was sent. */
function tooLong(bytes: number, maxBytes: number): SmtpError {
  const message = `The message has ${bytes} bytes, and the server takes ${maxBytes}`
  return Object.assign(new Error(message), {code: 'EMESSAGE', command: 'MAIL FROM'})
}
