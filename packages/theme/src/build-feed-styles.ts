import {createHash} from 'node:crypto'

/** A file that a feed names as its style; `type` is what it is called there. */
export type FeedStyle = {name: string; type: 'text/xsl' | 'text/css'; body: string}

/**
 * What makes a feed readable in a browser, the preferred first: XSL gives a page with links, CSS shows the bare document
 * with its titles where browsers have given XSL up. Neither runs anything. Named by content, like the stylesheet.
 */
export function buildFeedStyles(
  render: (template: string, model: object) => string,
  model: {stylesheetUrl: string; language: string},
): FeedStyle[] {
  return [named('xsl', 'text/xsl', render('feed/xsl', model)), named('css', 'text/css', render('feed/css', model))]
}

function named(extension: string, type: FeedStyle['type'], body: string): FeedStyle {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 8)
  return {name: `feed.${hash}.${extension}`, type, body}
}
