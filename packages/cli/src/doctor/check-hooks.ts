import type {HookRecord} from '@broadside/ledger'
import type {Finding} from './finding.ts'

export type HooksToCheck = {
  /** Where forges send webhooks of the site. */
  url: URL
  /** Whether a secret is set, as far as this environment tells. */
  hasSecret: boolean
  record: HookRecord
}

const patienceMs = 10_000

/** Whether webhooks arrive: intake answers at their address, and the last one was signed as it should be. */
export async function checkHooks(
  {url, hasSecret, record}: HooksToCheck,
  fetchUrl: typeof fetch = fetch,
): Promise<Finding[]> {
  return [await checkEndpoint(url, fetchUrl), checkDeliveries(hasSecret, record)]
}

/** Asked by GET, which intake refuses in words of its own, and which leaves no trace. */
async function checkEndpoint(url: URL, fetchUrl: typeof fetch): Promise<Finding> {
  const about = 'webhooks'
  const advice = `${url.href} must lead to INTAKE_HOOKS_PORT of intake; until it does, the remote is polled`
  try {
    const answer = await fetchUrl(url, {redirect: 'manual', signal: AbortSignal.timeout(patienceMs)})
    const {code} = (await answer.json().catch(() => ({}))) as {code?: unknown}
    if (answer.status !== 405 || code !== 'hook.method') {
      return {about, state: 'bad', message: `${url.href} is answered by somebody else (${answer.status})`, advice}
    }
    return {about, state: 'good', message: `${url.href} answers`}
  } catch (error) {
    return {about, state: 'bad', message: `${url.href} does not answer: ${(error as Error).message}`, advice}
  }
}

function checkDeliveries(hasSecret: boolean, {verified, refusedAt}: HookRecord): Finding {
  const about = 'webhooks, the last one'
  const time = (at: number) => new Date(at).toISOString()
  const last =
    verified === undefined ? 'none was ever verified' : `verified at ${time(verified.at)}, from ${verified.forge}`
  if (refusedAt !== undefined && refusedAt > (verified?.at ?? 0)) {
    const message = `refused at ${time(refusedAt)}, for its signature; ${last}`
    const advice = 'Compare the secret at the forge with the one of the site, unless it was a stranger'
    return {about, state: 'unsure', message, advice}
  }
  if (verified !== undefined) return {about, state: 'good', message: last}
  const advice = hasSecret
    ? 'Add the webhook at the forge, and push or send a test from there'
    : 'Set a secret for the site and at the forge; docs/operating.md says how'
  return {about, state: 'unsure', message: `${last}; the remote is polled`, advice}
}
