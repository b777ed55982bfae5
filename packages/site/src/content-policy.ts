/**
 * The Content-Security-Policy of a site's pages: they run nothing, save the one that searches, and load styles and fonts from themselves alone;
 * pictures and sound may come from elsewhere over https, as authors link them. Forms lead to `audienceUrl`. JSON-LD is
 * data, which a policy does not forbid.
 */
export function contentPolicy(audienceUrl: string | undefined, {search = false} = {}): string {
  const own = search || audienceUrl !== undefined ? "'self'" : "'none'"
  const forms = audienceUrl === undefined ? own : `${own} ${new URL(audienceUrl).origin}`
  return [
    "default-src 'none'",
    ...(search ? ["script-src 'self'"] : []),
    // Nothing runs that could connect; but tools that look at a page ask for robots.txt through it.
    "connect-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' https: data:",
    "media-src 'self' https:",
    `form-action ${forms}`,
    "base-uri 'none'",
  ].join('; ')
}
