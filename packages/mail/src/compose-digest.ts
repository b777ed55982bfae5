import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {checkDomain} from './check-domain.ts'
import {countsOf} from './compose-edition.ts'
import type {DigestInput, EditionMessage} from './edition-message.ts'
import {escapeHtml} from './escape-html.ts'
import {whyHtml, whyText} from './mail-footer.ts'
import {frameLink, lineHtml, mailFrame} from './mail-frame.ts'
import {frameStyles as styles} from './mail-styles.ts'
import {mailUrl} from './mail-url.ts'
import {longDate, mailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {wrapLines} from './wrap-lines.ts'

/**
 * Composes the mail that tells of several posts, each with its title, day, authors and the way to it. It is frozen and
 * sent like an edition of one post; the same input gives the same message.
 *
 * Throws `mail.url.invalid`, `mail.domain.invalid`, `mail.subject.missing` or `address.invalid` (all invalid).
 */
export function composeDigest(input: DigestInput): EditionMessage {
  const {site, posts, listId, editionId, counting} = input
  const words = mailWords(site.language)
  const items = posts.map((post) => {
    const url = mailUrl(post.url, 'address of the post')
    const authors = post.authors.length === 0 ? [] : [words.by(post.authors.map(oneLine).join(', '))]
    return {
      title: oneLine(post.title),
      url,
      page: escapeHtml(counting?.linkFor?.(url) ?? url),
      excerpt: oneLine(post.excerpt),
      meta: [longDate(post.date, site.language), ...authors].join(' · '),
    }
  })
  const [first] = items
  if (first === undefined || first.title === '') {
    throw new BroadsideError('invalid', 'mail.subject.missing', 'The digest has no post with a title')
  }
  const subject = items.length === 1 ? first.title : words.digestSubject(first.title, items.length - 1)
  const address = site.postalAddress
    ?.split(/\r\n?|\n/)
    .map(oneLine)
    .join('\n')
  const text = [
    wrapLines(oneLine(site.title)),
    ...items.map(({title, url, excerpt, meta}) =>
      [wrapLines(title), wrapLines(oneLine(meta)), '', wrapLines(excerpt), url].join('\n'),
    ),
    '-'.repeat(24),
    whyText(site.title, words),
    ...(address === undefined ? [] : [address]),
  ]
  const content = items.map(
    ({title, page, excerpt, meta}) =>
      `<h2 style="margin:1.6em 0 .3em;font-size:22px;line-height:1.3"><a class="plain" href="${page}" style="${styles.titleLink}">${lineHtml(title)}</a></h2>
<p class="quiet" style="margin:0 0 .6em;font-size:14px;color:#57606a">${lineHtml(meta)}</p>
<p style="margin:0 0 .6em">${lineHtml(excerpt)}</p>
<p style="margin:0 0 1em">${frameLink(page, words.readOnWeb)}</p>`,
  )
  const message: EditionMessage = {
    version: 1,
    editionId,
    subject,
    from: Object.freeze({name: oneLine(input.from.name), address: parseAddress(input.from.address).address}),
    ...(input.replyTo === undefined ? {} : {replyTo: parseAddress(input.replyTo).address}),
    listId: checkDomain(listId, 'List-Id'),
    listTitle: oneLine(site.title),
    ...(input.unsubscribeMailto === undefined
      ? {}
      : {unsubscribeMailto: parseAddress(input.unsubscribeMailto).address}),
    ...countsOf(counting),
    text: text.join('\n\n').concat('\n'),
    html: mailFrame(site, {
      subject,
      pixelUrl: counting?.pixelUrl,
      preheader: items.map(({title}) => title).join(' · '),
      content: content.join('\n'),
      footer: [whyHtml(site.title, words)],
    }),
  }
  return Object.freeze(message)
}
