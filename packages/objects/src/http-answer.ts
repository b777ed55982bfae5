export type HttpAnswer = {
  status: number
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>
  /** Whether the next answer begins where this one ends, so that the connection can carry another request. */
  isInStep: boolean
}

/** No answer to a put is as long; what is left of a longer one is not waited for. */
const longest = 64 * 1024

/**
 * The final answer in what a server has written so far, one character a byte (RFC 9112); undefined while more has to
 * come. Bodies are read over, since only the end of them matters.
 *
 * @throws Error where it is no answer.
 */
export function parseAnswer(text: string): HttpAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) {
    if (text.length > longest) throw new Error('The answer has no end')
    return undefined
  }
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const [, version, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(first) ?? []
  if (code === undefined || code === '101') throw new Error('The answer is not of HTTP')
  const rest = text.slice(headEnd + 4)
  if (code.startsWith('1')) return parseAnswer(rest)
  const headers = parseHeaders(lines)
  const bodyEnd = endOfBody(headers, code, rest)
  if (bodyEnd === 'to come' && rest.length <= longest) return undefined
  const isClosing = /\bclose\b/i.test(headers.get('connection') ?? '')
  return {status: Number(code), headers, isInStep: version === '1' && !isClosing && bodyEnd === 'here'}
}

function parseHeaders(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error('The answer has a header without a name')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return headers
}

/** Where the body ends: here, further on, or where nobody can tell but by the end of the connection. */
function endOfBody(headers: Map<string, string>, code: string, rest: string): 'here' | 'to come' | 'unknown' {
  if (code === '204' || code === '304') return rest === '' ? 'here' : 'unknown'
  const coding = headers.get('transfer-encoding')
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || headers.has('content-length')) return 'unknown'
    return /(?:^|\r\n)0\r\n\r\n$/.test(rest) ? 'here' : 'to come'
  }
  const length = headers.get('content-length')
  if (length === undefined || !/^\d{1,15}$/.test(length) || rest.length > Number(length)) return 'unknown'
  return rest.length === Number(length) ? 'here' : 'to come'
}
