import type {Mailbox, MailSite} from './edition-message.ts'
import {encodeLetter} from './encode-letter.ts'
import {mailFrame, lineHtml} from './mail-frame.ts'
import {mailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {wrapLines} from './wrap-lines.ts'

export type FailureInput = {
  site: MailSite
  commit: string
  /** What is wrong, the worst first: `posts/x.md:3:7`, the message, and what would cure it. */
  problems: {place?: string; message: string; cure?: string}[]
  from: Mailbox
  replyTo?: string
  /** With angle brackets, from `messageIdFor`. */
  messageId: string
  date: Date
}

const shown = 20

/**
 * The mail to the author of a push of which something could not be published, as the bytes to submit.
 * Throws `address.invalid`, `mail.url.invalid` or `mail.message-id.invalid` (all invalid).
 */
export function composeFailure(input: FailureInput, address: string): Uint8Array {
  const {site, problems} = input
  const words = mailWords(site.language)
  const title = oneLine(site.title)
  const subject = oneLine(words.failureSubject(title))
  const told = oneLine(words.failureTold(input.commit.slice(0, 8), title))
  const why = oneLine(words.failureWhy(title))
  const lines = problems.slice(0, shown).map(({place, message, cure}) => ({
    place: oneLine(place ?? ''),
    message: oneLine(message),
    cure: oneLine(cure ?? ''),
  }))
  const more = problems.length > shown ? [`… ${problems.length - shown}`] : []
  const items = lines.map((line) => [line.place, line.message, line.cure].filter((part) => part !== ''))
  const text = [
    wrapLines(title),
    wrapLines(told),
    ...items.map((parts) => parts.map(wrapLines).join('\n  ')),
    ...more,
    wrapLines(why),
  ].join('\n\n')
  const html = mailFrame(site, {
    subject,
    preheader: told,
    content: [
      `<p style="margin:0 0 1.4em">${lineHtml(told)}</p>`,
      ...items.map((parts) => `<p style="margin:0 0 1em">${parts.map(lineHtml).join('<br>')}</p>`),
      ...more.map((line) => `<p>${lineHtml(line)}</p>`),
    ].join('\n'),
    footer: [lineHtml(why)],
  })
  return encodeLetter({...input, subject, text: `${text}\n`, html}, address)
}
