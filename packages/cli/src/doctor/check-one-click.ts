import type {Finding} from './finding.ts'

/** A link that nobody was given: whoever answers it says that it is none of theirs, and nobody is unsubscribed. */
const strangersToken = 'stranger.of-a.doctor.0.0123456789abcdefghijkl'
const patienceMs = 10_000

/**
 * Takes the way of the button in mail programs (RFC 8058) as far as it goes without unsubscribing anybody: a POST to the
 * public address, without cookies, that audience answers itself and no redirect.
 */
export async function checkOneClick(audienceUrl: string, fetchUrl: typeof fetch = fetch): Promise<Finding> {
  const about = 'one-click unsubscribe'
  const base = audienceUrl.endsWith('/') ? audienceUrl : `${audienceUrl}/`
  const url = new URL(`unsubscribe/${strangersToken}`, base)
  const advice = `${base} must lead to audience, for POST too, without redirects; see docs/operating.md`
  try {
    const answer = await fetchUrl(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {'content-type': 'application/x-www-form-urlencoded'},
      body: 'List-Unsubscribe=One-Click',
      signal: AbortSignal.timeout(patienceMs),
    })
    await answer.body?.cancel()
    if (answer.status >= 300 && answer.status < 400) {
      return {about, state: 'bad', message: `POST is redirected (${answer.status}), which RFC 8058 forbids`, advice}
    }
    // Audience says so of itself; any web server may answer 404.
    if (answer.status !== 404 || answer.headers.get('x-robots-tag') !== 'noindex') {
      return {about, state: 'bad', message: `${base} is answered by somebody else (${answer.status})`, advice}
    }
    if (url.protocol !== 'https:') {
      const message = 'it answers, and not over https: mail programs show no button for it'
      return {about, state: 'unsure', message, advice: 'Give the site an https address for its forms and links'}
    }
    return {about, state: 'good', message: `${base} answers`}
  } catch (error) {
    return {about, state: 'bad', message: `${base} does not answer: ${(error as Error).message}`, advice}
  }
}
