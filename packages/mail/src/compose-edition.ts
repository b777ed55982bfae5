import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {adaptFragment} from './adapt-fragment.ts'
import {checkDomain} from './check-domain.ts'
import type {Correction, EditionInput, EditionMessage, ReaderCounting} from './edition-message.ts'
import {escapeHtml} from './escape-html.ts'
import {frameLink, lineHtml, mailFrame} from './mail-frame.ts'
import {frameStyles as styles} from './mail-styles.ts'
import {whyHtml, whyText} from './mail-footer.ts'
import {mailUrl} from './mail-url.ts'
import {longDate, mailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {plainText} from './plain-text.ts'
import {textColumns, wrapLines} from './wrap-lines.ts'

/** Gmail shows 102 kB of a mail's HTML and hides the rest, with the way to unsubscribe. So much of it is the post's. */
const bodyBytes = 90_000

/**
 * Composes the one message that everybody gets, but for their own links. The result is frozen and plain JSON: keep it,
 * and give it to `personalise` for each recipient. The same input gives the same message. Of the post's HTML the first
 * `maxBodyBytes` go in, by whole paragraphs; the mail of a longer post ends in a link to the rest.
 *
 * Throws `mail.url.invalid`, `mail.domain.invalid`, `mail.subject.missing` or `address.invalid` (all invalid).
 */
export function composeEdition(input: EditionInput, maxBodyBytes: number = bodyBytes): EditionMessage {
  const {site, post, listId, editionId, correction, counting} = input
  const words = mailWords(site.language)
  const url = mailUrl(post.url, 'address of the post')
  const subject = oneLine(input.subject)
  if (subject === '') {
    throw new BroadsideError('invalid', 'mail.subject.missing', 'The edition has no subject', {
      hint: 'Give the post a title',
    })
  }
  const body = adaptFragment(post.html, url, words, maxBodyBytes, counting?.linkFor)
  const page = escapeHtml(counting?.linkFor?.(url) ?? url)
  const authors = post.authors.map(oneLine).filter((name) => name !== '')
  const corrected = correction === undefined ? undefined : correctionLine(correction, site.language)
  const told = lineHtml(corrected ?? '')
  const meta = [longDate(post.date, site.language), ...(authors.length === 0 ? [] : [words.by(authors.join(', '))])]
  const message: EditionMessage = {
    version: 1,
    editionId,
    subject,
    from: {name: oneLine(input.from.name), address: parseAddress(input.from.address).address},
    ...(input.replyTo === undefined ? {} : {replyTo: parseAddress(input.replyTo).address}),
    listId: checkDomain(listId, 'List-Id'),
    listTitle: oneLine(site.title),
    ...(input.unsubscribeMailto === undefined
      ? {}
      : {unsubscribeMailto: parseAddress(input.unsubscribeMailto.replace(/^mailto:/i, '')).address}),
    ...countsOf(counting),
    ...(correction === undefined
      ? {}
      : {answers: {...correction.of, domain: checkDomain(correction.of.domain, 'domain of the Message-ID')}}),
    text: editionText(
      input,
      url,
      meta,
      `${plainText(told === '' ? body.plain : `<p>${told}</p>${body.plain}`, words)}${body.isCut ? `\n\n${words.readRest}:\n${url}` : ''}`,
    ),
    html: mailFrame(site, {
      subject,
      pixelUrl: counting?.pixelUrl,
      preheader: corrected ?? input.preheader ?? post.excerpt,
      content: `${told === '' ? '' : `<p class="quiet" style="${styles.correction}">${told}</p>\n`}<h1 style="${styles.title}"><a class="plain" href="${page}" style="${styles.titleLink}">${lineHtml(post.title)}</a></h1>
<p class="quiet" style="${styles.meta}">${meta.map(lineHtml).join(' · ')}</p>
${body.styled}${body.isCut ? `<p>${frameLink(page, words.readRest)}</p>` : ''}`,
      footer: [frameLink(page, words.readOnWeb), whyHtml(site.title, words)],
    }),
  }
  Object.freeze(message.from)
  return Object.freeze(message)
}

/** What a message says of its counting. */
export function countsOf(counting: ReaderCounting | undefined): Pick<EditionMessage, 'counts'> {
  if (counting === undefined) return {}
  const {linkFor, pixelUrl} = counting
  return {counts: {clicks: linkFor !== undefined, ...(pixelUrl === undefined ? {} : {pixelUrl})}}
}

/** What a correction begins with. */
function correctionLine({sentOn, note}: Correction, language: string): string {
  const told = mailWords(language).correctionOf(longDate(sentOn, language))
  return note === undefined || oneLine(note) === '' ? told : `${told} ${oneLine(note)}`
}

function editionText({site, post}: EditionInput, url: string, meta: readonly string[], body: string): string {
  const words = mailWords(site.language)
  const title = oneLine(post.title)
  const address = site.postalAddress
    ?.split(/\r\n?|\n/)
    .map(oneLine)
    .join('\n')
  return [
    wrapLines(oneLine(site.title)),
    `${wrapLines(title)}\n${'='.repeat(Math.min(Array.from(title).length, textColumns))}\n${wrapLines(oneLine(meta.join(' · ')))}`,
    body,
    '-'.repeat(24),
    `${words.readOnWeb}:\n${url}`,
    whyText(site.title, words),
    ...(address === undefined ? [] : [address]),
  ]
    .join('\n\n')
    .concat('\n')
}
