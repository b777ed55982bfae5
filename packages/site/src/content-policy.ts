/**
 * The Content-Security-Policy of a site's pages: they run nothing and load styles and fonts from themselves alone;
 * pictures and sound may come from elsewhere over https, as authors link them. Forms lead to `audienceUrl`. JSON-LD is
 * data, which a policy does not forbid.
 */
export function contentPolicy(audienceUrl: string | undefined): string {
  const forms = audienceUrl === undefined ? "'none'" : `'self' ${new URL(audienceUrl).origin}`
  return [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' https: data:",
    "media-src 'self' https:",
    `form-action ${forms}`,
    "base-uri 'none'",
  ].join('; ')
}
