import {BroadsideError} from '@broadside/runtime'
import {cleanReply} from './clean-reply.ts'
import {judgeFailure, type SmtpError} from './judge-failure.ts'
import {openSession, type Session, type SessionTimeouts} from './open-session.ts'
import type {Outcome, Submission, Submitter, SubmitterOptions} from './outcome.ts'
import {createSesSubmitter} from './ses/create-ses-submitter.ts'
import {sesTarget} from './ses/ses-target.ts'
import {smtpTarget} from './smtp-target.ts'
import {closedOutcome, submitInTurn} from './submit-in-turn.ts'
import {withTag} from './tag-header.ts'

const defaults: SessionTimeouts = {
  connectMs: 30_000,
  greetingMs: 30_000,
  // RFC 5321 4.5.3.2 asks for five minutes at MAIL and RCPT. Nothing is lost by giving up before the dot.
  commandMs: 120_000,
  dotMs: 600_000,
  idleMs: 15_000,
}

/** Servers commonly end a session after about this many messages; leaving first costs less than being cut off. */
const messagesPerConnection = 100

/**
 * Submits messages over a few kept connections, and tells for each what is known of it: see `Outcome`. Nothing
 * connects until the first submission. More submissions than connections wait their turn, in order.
 *
 * A kept connection that turns out to be closed before any of the message was sent is replaced by a fresh one, once.
 * Nothing else is tried again here: that is for the ledger to decide. An address of Amazon SES (`ses://…`) leads to its
 * API instead, with the same promises. Throws `smtp.url.invalid`.
 */
export function createSubmitter(options: SubmitterOptions): Submitter {
  const ses = sesTarget(options.url)
  if (ses !== undefined) return createSesSubmitter(ses, options)
  const target = smtpTarget(options.url)
  const timeouts: SessionTimeouts = {...defaults, ...options.timeouts}
  const connections = options.connections ?? 5
  const idle = new Map<Session, NodeJS.Timeout>()
  const busy = new Set<Session>()
  let isGivenUp = false

  function tagged(submission: Submission): Submission {
    const {raw, tag} = submission
    const {provider} = target
    return tag === undefined || provider === undefined ? submission : {...submission, raw: withTag(raw, provider, tag)}
  }

  async function submitOn(submission: Submission, kept: Session | undefined): Promise<Outcome> {
    let session: Session
    try {
      session = kept ?? (await openSession(target, timeouts, options.name))
    } catch (error) {
      return judgeFailure(error as SmtpError, 'unread')
    }
    if (isGivenUp) {
      session.destroy()
      return closedOutcome
    }
    busy.add(session)
    const {outcome, stale} = await session.send(submission).finally(() => busy.delete(session))
    keep(session)
    if (stale && kept !== undefined) return await submitOn(submission, undefined)
    return outcome.state === 'accepted' ? {...outcome, reply: cleanReply(outcome.reply)} : outcome
  }

  function takeIdle(): Session | undefined {
    for (const [session, timer] of idle) {
      clearTimeout(timer)
      idle.delete(session)
      if (session.open) return session
    }
    return undefined
  }

  function keep(session: Session): void {
    if (!session.open) return
    if (session.messages >= messagesPerConnection) {
      void session.quit()
      return
    }
    const timer = setTimeout(() => {
      idle.delete(session)
      void session.quit()
    }, timeouts.idleMs)
    idle.set(session, timer)
  }

  async function verify(): Promise<void> {
    try {
      keep(await openSession(target, timeouts, options.name))
    } catch (cause) {
      throw verifyError(cause as SmtpError, `${target.host}:${target.port}`)
    }
  }

  const inTurn = submitInTurn({
    connections,
    send: (submission) => submitOn(tagged(submission), takeIdle()),
    giveUp() {
      isGivenUp = true
      for (const session of busy) session.destroy()
    },
    async end() {
      const sessions = [...idle.keys()]
      for (const timer of idle.values()) clearTimeout(timer)
      idle.clear()
      await Promise.all(sessions.map((session) => session.quit()))
    },
  })
  return {...inTurn, verify}
}

function verifyError(error: SmtpError, server: string): BroadsideError {
  const why = cleanReply(error.message)
  const refused = error.code === 'EAUTH' && (error.responseCode ?? 0) >= 500
  if (refused) {
    return new BroadsideError('invalid', 'smtp.refused', `${server} does not take the user and password: ${why}`, {
      hint: 'Check the user and password in SMTP_URL',
    })
  }
  return new BroadsideError('transient', 'smtp.unreachable', `${server} cannot be used for mail now: ${why}`, {
    hint: 'Check that SMTP_URL names the right host and port, and that the server is up',
  })
}
