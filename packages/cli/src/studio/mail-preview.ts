import type {PostMeta} from '@broadside/content'
import {composeEdition, previewFor} from '@broadside/mail'
import {createUrls, renderBody, type LivePost, type SiteView} from '@broadside/site'

export type MailPreview = {
  subject: string
  from: string
  html: string
  text: string
  /** Of the HTML, before it is put together with links of one recipient. */
  bytes: number
}

/** Stands where installed sites have what their operator allows; it shows in no part of the preview. */
const noDomain = 'notes.example'

/**
 * The mail of a post as the newsletter composes it, with links of somebody who cannot leave.
 * @throws BroadsideError what composing says of settings that cannot be used (invalid).
 */
export async function previewMail(view: SiteView, post: LivePost, meta: PostMeta): Promise<MailPreview> {
  const {settings, site} = view
  const {newsletter} = settings
  const urls = createUrls(site.siteUrl)
  const message = composeEdition({
    site: {
      name: site.name,
      title: newsletter.name ?? settings.title,
      homeUrl: urls.absolute('/'),
      language: settings.language,
      ...(newsletter.postalAddress === undefined ? {} : {postalAddress: newsletter.postalAddress}),
    },
    post: {
      title: meta.title,
      url: urls.absolute(post.address),
      html: await renderBody(view, post, 'mail'),
      date: post.day,
      authors: meta.authors.map((key) => settings.authors[key]?.name ?? key),
      excerpt: meta.description ?? post.excerpt,
    },
    subject: meta.newsletter.subject ?? meta.title,
    ...(meta.newsletter.preheader === undefined ? {} : {preheader: meta.newsletter.preheader}),
    from: {name: newsletter.name ?? settings.title, address: `mail@${noDomain}`},
    listId: noDomain,
    editionId: '0'.repeat(16),
  })
  const shown = previewFor(message, new URL('unsubscribe/preview', site.audienceUrl).href)
  const from = newsletter.from ?? newsletter.name ?? settings.title
  return {subject: message.subject, from, ...shown, bytes: Buffer.byteLength(message.html)}
}

/** The same mail as a program shows it that is set to light or dark, whatever the browser is set to: its one condition is decided. */
export function inScheme(html: string, scheme: 'light' | 'dark'): string {
  const decided = scheme === 'dark' ? 'all' : 'not all'
  return html
    .replaceAll('@media (prefers-color-scheme:dark)', `@media ${decided}`)
    .replace('content="light dark"', `content="${scheme}"`)
    .replace(':root{color-scheme:light dark', `:root{color-scheme:${scheme}`)
}
