import {judgeRefusal, statusIn} from '../judge-refusal.ts'
import type {ReadReport} from './mail-report.ts'
import {codeOf} from './read-delivery-status.ts'

/** How reports without a machine-readable part begin: qmail, Exim, Exchange, Gmail, and what some others say. */
const failed =
  /this is the qmail-send program|i('m| am) afraid i wasn't able to deliver|could not be delivered to (one or more|all) of its recipients|did not reach (some or all of )?the (intended|following) recipient|following recipient(\(s\)|s)? (failed permanently|could not be reached|cannot be reached)|delivery (to the following recipients? )?(has )?failed|wasn't delivered to|could ?n[o']t be delivered|undeliverable|returned to sender|permanent (fatal )?errors?/i
const delayed =
  /^\s*warning: |message .{0,60}delayed|delivery .{0,40}delayed|will (continue to|be) (try|retr)|still being retried|temporar\w+ (failure|problem|error).{0,200}will (be )?retr/is
const subjects =
  /undeliver|returned mail|failure notice|delivery (status notification|failure|failed|problem|has failed|incomplete|delayed)|mail delivery|non ?remis|unzustellbar|could ?n[o']t be delivered/i
const senders = /mailer-daemon|postmaster|mail delivery (sub)?system|microsoft outlook|^<>$/i

/** From here on a report quotes what was sent. */
const quotation =
  /^(-{3,}.*(below this line|original message|copy of (the|your) message|returned message|message headers follow).*|-{3,}.{0,3}this is a copy.*|original message headers:.*|received: from .*)$/im

/** A report and the mail that it quotes. */
export function splitQuotation(text: string): {said: string; quoted: string} {
  const at = text.search(quotation)
  return at < 0 ? {said: text, quoted: ''} : {said: text.slice(0, at), quoted: text.slice(at)}
}

/**
 * Reads a report that people were meant to read. Undefined when it does not look like one: it has to come from a mail
 * system by its sender, subject or a header, and speak of a failure.
 */
export function readBounceText({
  from,
  subject,
  text,
  hasFailedRecipients,
}: {
  from: string
  subject: string
  text: string
  /** Whether a header names who could not be reached, as Exim and Gmail write. */
  hasFailedRecipients: boolean
}): ReadReport | undefined {
  const {said} = splitQuotation(text)
  const isFromSystem = hasFailedRecipients || senders.test(from) || subjects.test(subject)
  if (!isFromSystem) return undefined
  const reply = reasonIn(said)
  const status = statusIn(said)
  const told = {...(status === undefined ? {} : {status}), reply}
  if (delayed.test(said) || /warning|delayed/i.test(subject)) return {kind: 'delayed', ...told}
  if (!failed.test(said) && !hasFailedRecipients && status === undefined) return undefined
  return {kind: 'bounced', ...told, fault: judgeRefusal({status, code: codeOf(said), reply: said.slice(0, 2_000)})}
}

/** The line that gives the reason: one with a code, else the one after the recipient. */
function reasonIn(said: string): string {
  const lines = said.split(/\r\n?|\n/).map((line) => line.trim())
  const coded = lines.find((line) => /\b[45]\.\d{1,3}\.\d{1,3}\b|(^|[\s:])[45]\d\d[ -]/.test(line))
  const recipient = lines.findIndex((line) => /^<?[^\s@]+@[^\s@]+>?:?$/.test(line))
  const after = recipient < 0 ? undefined : lines.slice(recipient + 1).find((line) => line !== '')
  return coded ?? after ?? lines.find((line) => failed.test(line)) ?? 'without a reason'
}
