import type {PostMeta, SiteSettings} from '@broadside/content'
import {composeEdition} from '@broadside/mail'

/** Gmail cuts a message off near 102 kB of HTML, and hides the link to unsubscribe with the rest. */
export const clipBytes = 102_000

type MailedMeta = Pick<PostMeta, 'title' | 'newsletter' | 'description' | 'date' | 'authors' | 'slug'>

/** A body of fewer characters cannot come near the clip, whatever styles each element is given. */
const worthMeasuring = 20_000

/**
 * Bytes of HTML of a post's mail, by the composer that sends it; links have the length they have in the file. Undefined
 * for a body that is far from the clip.
 */
export function measureMail(html: string, meta: PostMeta, settings: SiteSettings): number | undefined {
  return html.length < worthMeasuring ? undefined : mailBytesOf(html, meta, settings)
}

/** The same for a body of any length. */
export function mailBytesOf(html: string, meta: MailedMeta, settings: SiteSettings): number {
  const {title, newsletter, description, date} = meta
  const homeUrl = 'https://notes.example/'
  const message = composeEdition({
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
  })
  return Buffer.byteLength(message.html)
}
