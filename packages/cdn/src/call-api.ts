import {BroadsideError} from '@broadside/runtime'

export type ApiCall = {
  /** What is tried, for people: `purge 3 URLs at Fastly`. */
  what: string
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal | undefined
}

/**
 * Calls the API of a CDN and gives the answer's body as text.
 *
 * @throws BroadsideError `cdn.throttled` (throttled) with the pause that was asked for, `cdn.refused` (invalid) for
 * other 4xx, `cdn.unreachable` (transient) for 5xx and where no answer comes.
 */
export async function callApi({what, url, method = 'POST', headers = {}, body, signal}: ApiCall): Promise<string> {
  let answer: Response
  let text: string
  try {
    answer = await fetch(url, {
      method,
      headers: {...headers, ...(body === undefined ? {} : {'content-type': 'application/json'})},
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
      ...(signal === undefined ? {} : {signal}),
    })
    text = await answer.text()
  } catch (cause) {
    throw unreachable(what, cause)
  }
  if (answer.ok) return text
  throw explainStatus(what, answer.status, text, answer.headers.get('retry-after'))
}

export function unreachable(what: string, cause: unknown): BroadsideError {
  return new BroadsideError('transient', 'cdn.unreachable', `could not ${what}`, {
    cause,
    hint: 'The CDN or the way to it fails; it is tried again by itself',
  })
}

/** What a status other than 2xx of a CDN means; `text` is shortened, since some answer with whole pages. */
export function explainStatus(what: string, status: number, text: string, retryAfter?: string | null): BroadsideError {
  const said = text.replaceAll(/\s+/g, ' ').slice(0, 200)
  const message = `could not ${what}: status ${status}${said === '' ? '' : `, ${said}`}`
  if (status === 429) {
    const seconds = Number(retryAfter)
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 5_000
    return new BroadsideError('throttled', 'cdn.throttled', message, {retryAfterMs, details: {status}})
  }
  if (status >= 500 || status === 408) return new BroadsideError('transient', 'cdn.unreachable', message)
  return new BroadsideError('invalid', 'cdn.refused', message, {
    hint: 'Look at CDN_URL and CDN_TOKEN of the site, and at what the token may do',
    details: {status},
  })
}
