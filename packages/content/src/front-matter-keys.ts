/**
 * The spellings under which each thing is known to people who come from Jekyll, Hugo, Astro, Eleventy, Hexo, Ghost or
 * Buttondown, the strongest first. Case, `-` and `_` in keys do not count: `publish_date` is `publishDate`.
 * `published` is a date in Hugo and a yes or no in Jekyll; both are understood.
 */
export const frontMatterKeys = {
  title: ['title', 'subject', 'linkTitle'],
  // A publish time says when readers may see the post, where `date` may be when it was begun: it goes first.
  date: ['publishDate', 'publishAt', 'publishedAt', 'pubDate', 'published', 'date'],
  updated: ['updated', 'lastmod', 'modified', 'updatedDate', 'updatedAt', 'lastModified', 'lastModifiedAt'],
  expires: ['expires', 'expiryDate', 'unpublishDate', 'expiresAt'],
  draft: ['draft'],
  status: ['status'],
  slug: ['slug'],
  permalink: ['permalink', 'url'],
  aliases: ['aliases', 'redirectFrom'],
  redirectTo: ['redirectTo'],
  tags: ['tags', 'categories', 'category', 'keywords'],
  description: ['description', 'summary', 'excerpt', 'customExcerpt', 'subtitle'],
  image: ['image', 'cover', 'heroImage', 'featureImage', 'thumbnail', 'images'],
  audio: ['audio', 'enclosure', 'podcast'],
  series: ['series'],
  seriesOrder: ['seriesOrder', 'seriesPart', 'seriesIndex', 'seriesWeight'],
  imageAlt: ['imageAlt', 'featureImageAlt', 'heroImageAlt', 'coverAlt'],
  canonical: ['canonical', 'canonicalUrl'],
  authors: ['authors', 'author'],
  language: ['language', 'lang'],
  featured: ['featured'],
  contents: ['toc', 'tableOfContents'],
  newsletter: ['newsletter'],
  mailSubject: ['emailSubject', 'subject'],
  preheader: ['preheader', 'previewText'],
  id: ['id'],
  feedId: ['feedId', 'guid'],
  visibility: ['visibility'],
  emailType: ['emailType'],
  emailOnly: ['emailOnly'],
} as const satisfies Record<string, readonly string[]>

export type Meaning = keyof typeof frontMatterKeys

/** Keys that posts often bring, that mean nothing here and are no slip of the pen for one that does. */
export const foreignKeys = new Set(['data', 'layout', 'weight', 'type', 'time', 'menu', 'page', 'name', 'file'])

/** Folds a key so that its spellings are one. */
export function foldKey(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '')
}
