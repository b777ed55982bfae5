/**
 * Whether a fragment (what follows `#`) leads anywhere on a page that has these ids: as written, else percent-decoded;
 * nothing and `top` are the top of the page (HTML, "select the indicated part"), and a text directive is the browser's.
 */
export function leadsTo(fragment: string, has: (id: string) => boolean): boolean {
  const [id = ''] = fragment.split(':~:', 1)
  if (id === '' || has(id)) return true
  const decoded = decode(id)
  return has(decoded) || decoded.toLowerCase() === 'top'
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
