import type {PostMeta, SiteSettings} from '@broadside/content'
import {composeEdition, type EditionMessage} from '@broadside/mail'

/** What a mail shows of its post's front matter. */
export type MailedMeta = Pick<PostMeta, 'title' | 'newsletter' | 'description' | 'date' | 'authors' | 'slug'>

/**
 * A post's mail, by the composer that sends it, where no installation says what it is from and where its site is: links
 * have the length they have in the file. Of the post it holds `maxBodyBytes`, or as much as mails do.
 */
export function draftMail(
  html: string,
  meta: MailedMeta,
  settings: SiteSettings,
  maxBodyBytes?: number,
): EditionMessage {
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
  return composeEdition(input, maxBodyBytes)
}
