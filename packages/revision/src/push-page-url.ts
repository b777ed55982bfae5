/** Where the console tells all of one push; `consoleUrl` is the console's front page. */
export function pushPageUrl(consoleUrl: string, site: string, revision: number): string {
  return new URL(`sites/${site}/revisions/${revision}`, consoleUrl.endsWith('/') ? consoleUrl : `${consoleUrl}/`).href
}
