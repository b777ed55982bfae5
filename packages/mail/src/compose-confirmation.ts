import type {ConfirmationInput} from './edition-message.ts'
import {encodeLetter} from './encode-letter.ts'
import {escapeHtml} from './escape-html.ts'
import {lineHtml, mailFrame} from './mail-frame.ts'
import {frameStyles as styles} from './mail-styles.ts'
import {mailUrl} from './mail-url.ts'
import {mailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {wrapLines} from './wrap-lines.ts'

/**
 * The mail that asks whether a sign-up was meant (double opt-in), as the bytes to submit. It says nothing else, so that
 * signing up somebody else is no way of sending them text.
 *
 * Throws `address.invalid`, `mail.url.invalid` or `mail.message-id.invalid` (all invalid).
 */
export function composeConfirmation(input: ConfirmationInput, address: string): Uint8Array {
  const {site} = input
  const words = mailWords(site.language)
  const url = mailUrl(input.confirmUrl, 'confirmation address')
  const subject = oneLine(words.confirmSubject(oneLine(site.title)))
  const ask = oneLine(words.confirmAsk(oneLine(site.title)))
  const postal = site.postalAddress
    ?.split(/\r\n?|\n/)
    .map(oneLine)
    .join('\n')
  const text = [
    wrapLines(oneLine(site.title)),
    wrapLines(ask),
    `${words.confirmButton}:\n${url}`,
    wrapLines(words.confirmIgnore),
    ...(postal === undefined ? [] : [postal]),
  ].join('\n\n')
  const html = mailFrame(site, {
    subject,
    preheader: ask,
    content: `<p style="margin:0 0 1.4em">${lineHtml(ask)}</p>
<p style="margin:0 0 1.4em"><a class="button" href="${escapeHtml(url)}" style="${styles.button}">${lineHtml(words.confirmButton)}</a></p>`,
    footer: [lineHtml(words.confirmIgnore)],
  })
  return encodeLetter({...input, subject, text: `${text}\n`, html}, address)
}
