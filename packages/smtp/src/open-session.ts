import SMTPConnection from 'nodemailer/lib/smtp-connection'
import {judgeFailure, type SmtpError} from './judge-failure.ts'
import type {Outcome, Submission, SubmitterTimeouts} from './outcome.ts'
import type {SmtpTarget} from './smtp-target.ts'
import {trackedMessage} from './tracked-message.ts'

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

/**
 * Connects, greets, takes TLS and logs in as `target` says. Throws nodemailer's error as it is; the caller judges it.
 */
export async function openSession(target: SmtpTarget, timeouts: SessionTimeouts, name?: string): Promise<Session> {
  const connection = new SMTPConnection({
    host: target.host,
    port: target.port,
    secure: target.secure,
    ignoreTLS: target.startTls === 'off',
    requireTLS: target.startTls === 'required' && !target.secure,
    opportunisticTLS: target.startTls === 'when-offered',
    ...(target.startTls === 'when-offered' && !target.secure ? {tls: {rejectUnauthorized: false}} : {}),
    ...(name === undefined ? {} : {name}),
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    dnsTimeout: timeouts.connectMs,
    // Every wait below has its own clock; this one only has to be longer than all of them.
    socketTimeout: Math.max(timeouts.commandMs, timeouts.dotMs, timeouts.idleMs) + 60_000,
    socketCloseTimeout: 0,
  })
  let open = true
  let messages = 0
  let giveUp: ((error: Error) => void) | undefined
  // Errors come to the callbacks as well; without a listener one on an idle connection would end the process.
  connection.on('error', () => (open = false))
  connection.on('end', () => (open = false))
  try {
    await step(connection, timeouts.connectMs + timeouts.greetingMs, 'CONN', (done) => connection.connect(done))
    const {credentials} = target
    if (credentials !== undefined) {
      await step(connection, timeouts.commandMs, 'AUTH', (done) =>
        connection.login({credentials, ...credentials}, done),
      )
    }
  } catch (error) {
    connection.close()
    throw error
  }

  return {
    get open() {
      return open
    },
    get messages() {
      return messages
    },
    async send({from, to, raw}) {
      messages += 1
      let watch: () => void = () => {}
      const message = trackedMessage(raw, () => watch())
      try {
        const info = await new Promise<{response: string}>((resolve, reject) => {
          let timer: NodeJS.Timeout | undefined
          giveUp = reject
          watch = () => {
            clearTimeout(timer)
            const ms = message.progress === 'complete' ? timeouts.dotMs : timeouts.commandMs
            timer = setTimeout(() => reject(timedOut(ms, 'DATA')), ms)
          }
          watch()
          connection.send({from, to: [to], size: raw.byteLength}, message.stream, (error, sent) => {
            clearTimeout(timer)
            if (error) reject(error)
            else resolve(sent)
          })
        })
        return {outcome: {state: 'accepted', reply: info.response}, stale: false}
      } catch (error) {
        const {progress} = message
        const problem = error as SmtpError
        const outcome = judgeFailure(problem, progress)
        await recover(problem)
        return {outcome, stale: progress === 'unread' && foundClosed(problem)}
      } finally {
        watch = () => {}
        giveUp = undefined
        message.stream.destroy()
      }
    },
    async quit() {
      if (!open) return
      await step(connection, Math.min(timeouts.commandMs, 2000), 'QUIT', (done) => {
        connection.once('end', () => done())
        connection.quit()
      }).catch(() => connection.close())
      open = false
    },
    destroy() {
      open = false
      giveUp?.(Object.assign(new Error('The connection was given up'), {code: 'EGIVENUP', command: 'DATA'}))
      connection.close()
    },
  }

  /** After a reply the session goes on with RSET; after anything else nobody knows what the server will read next. */
  async function recover(problem: SmtpError): Promise<void> {
    if (open && problem.responseCode !== undefined && problem.responseCode !== 421) {
      try {
        await step(connection, timeouts.commandMs, 'RSET', (done) => connection.reset(done))
        return
      } catch {
        // Closed below.
      }
    }
    open = false
    connection.close()
  }
}

/** The server had ended the session: it closed the connection, or answered MAIL with 421, as it does when idle. */
function foundClosed(problem: SmtpError): boolean {
  if (problem.responseCode !== undefined) return problem.responseCode === 421 && problem.command === 'MAIL FROM'
  return problem.code === 'ECONNECTION' || problem.code === 'ESOCKET'
}

/** Runs one step of the dialogue; settles on its callback, on an error or end of the connection, or after `ms`. */
function step(
  connection: SMTPConnection,
  ms: number,
  command: string,
  run: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      clearTimeout(timer)
      connection.off('error', settle)
      connection.off('end', ended)
      if (error) reject(error)
      else resolve()
    }
    const ended = (): void => settle(Object.assign(new Error('The server closed the connection'), {command}))
    const timer = setTimeout(() => settle(timedOut(ms, command)), ms)
    connection.on('error', settle)
    if (command !== 'QUIT') connection.on('end', ended)
    run(settle)
  })
}

function timedOut(ms: number, command: string): SmtpError {
  return Object.assign(new Error(`No answer within ${ms} ms`), {code: 'ETIMEDOUT', command})
}
