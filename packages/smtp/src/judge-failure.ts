import {cleanReply, enhancedCode} from './clean-reply.ts'
import type {Outcome, OutcomeScope} from './outcome.ts'

/** How a step of the dialogue failed; `command` tells which it was. */
export type SmtpError = Error & {
  code?: string | undefined
  command?: string | undefined
  response?: string | undefined
  responseCode?: number | undefined
}

/** How far a message got; `complete` is set before the final dot can be written, never after. */
export type Progress = 'unread' | 'reading' | 'complete'

type Unaccepted = Exclude<Outcome, {state: 'accepted'}>

/**
 * What an error means for the message that was being submitted. A reply decides where there is one. Without a reply
 * only one thing counts: whether the final dot can have been written.
 *
 * Replies to RCPT, DATA and the dot are about this message. A greeting, a login or MAIL that is refused, and 421
 * anywhere, would meet every other message too: their scope is the server, and before MAIL even a 5xx is deferred,
 * since it speaks of us or of the server and not of the recipient.
 */
export function judgeFailure(error: SmtpError, progress: Progress): Unaccepted {
  const reply = error.response ?? ''
  const code = error.responseCode ?? 0
  const step = stepOf(error.command)
  const reason = cleanReply(error.message)
  if (code >= 400 && code <= 599) {
    const enhanced = enhancedCode(reply)
    const scope: OutcomeScope = code === 421 || step === 'session' || step === 'sender' ? 'server' : 'recipient'
    const told = {scope, reason, reply: cleanReply(reply), code, ...(enhanced === undefined ? {} : {enhanced})}
    return code < 500 || step === 'session' ? {state: 'deferred', ...told} : {state: 'failed', ...told}
  }
  if (error.code === 'EMESSAGE' && step === 'sender') {
    // The server announced its limit in EHLO (RFC 1870), so nothing was sent.
    return {state: 'failed', scope: 'server', reason, reply: '', code: 552, enhanced: '5.3.4'}
  }
  if (progress === 'complete')
    return {state: 'uncertain', reason: `No clear answer after the whole message was sent: ${reason}`}
  return {state: 'deferred', scope: 'server', reason}
}

function stepOf(command: string | undefined): 'session' | 'sender' | 'message' {
  if (command === 'MAIL FROM') return 'sender'
  return command === 'RCPT TO' || command === 'DATA' ? 'message' : 'session'
}
