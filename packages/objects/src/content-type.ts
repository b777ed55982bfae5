import mime from 'mime'

/** Names that say more than their ending does. */
const byName: Record<string, string> = {
  'feed.xml': 'application/xml',
  'rss.xml': 'application/xml',
  'atom.xml': 'application/xml',
  'feed.json': 'application/feed+json',
}

/**
 * The content type of a path, by its name and ending: with `charset=utf-8` for what is text, XML, JSON and JavaScript
 * included, and `application/octet-stream` for what is unknown.
 */
export function contentTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const type = byName[name] ?? mime.getType(name) ?? 'application/octet-stream'
  return /^text\/|[/+](xml|json|javascript)$/.test(type) ? `${type}; charset=utf-8` : type
}
