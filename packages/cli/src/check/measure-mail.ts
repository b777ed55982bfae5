import type {PostMeta, SiteSettings} from '@broadside/content'
import {composeEdition} from '@broadside/mail'

type MailedMeta = Pick<PostMeta, 'title' | 'newsletter' | 'description' | 'date' | 'authors' | 'slug'>

/** A body of fewer characters cannot come near what a mail holds, whatever styles each element is given. */
const worthMeasuring = 20_000

/** Bytes of HTML that a post's mail would have if it were not cut to what mail programs show; undefined where it is not. */
export function cutMailBytes(html: string, meta: PostMeta, settings: SiteSettings): number | undefined {
  if (html.length < worthMeasuring) return undefined
  const whole = mailBytesOf(html, meta, settings, Infinity)
  return whole > mailBytesOf(html, meta, settings) ? whole : undefined
}

/**
 * Bytes of HTML of a post's mail, by the composer that sends it; links have the length they have in the file. Of the
 * post it holds `maxBodyBytes`, or as much as mails do.
 */
export function mailBytesOf(html: string, meta: MailedMeta, settings: SiteSettings, maxBodyBytes?: number): number {
  const {title, newsletter, description, date} = meta
  const homeUrl = 'https://notes.example/'
  const input = {
    site: {
      name: 'site',
      title: settings.newsletter.name ?? settings.title,
      homeUrl,
      language: settings.language,
      ...(settings.newsletter.postalAddress === undefined ? {} : {postalAddress: settings.newsletter.postalAddress}),
    },
    post: {
      title,
      url: `${homeUrl}posts/${encodeURIComponent(meta.slug)}/`,
      html,
      date: new Date(date ?? 0).toISOString().slice(0, 'yyyy-mm-dd'.length),
      authors: meta.authors.map((key) => settings.authors[key]?.name ?? key),
      excerpt: description ?? '',
    },
    subject: newsletter.subject ?? title,
    from: {name: settings.title, address: 'mail@notes.example'},
    listId: 'notes.example',
    editionId: '0'.repeat(16),
  }
  const message = composeEdition(input, maxBodyBytes)
  return Buffer.byteLength(message.html)
}
