import type {MailCount} from '@broadside/ledger'
import {isbot} from 'isbot'

/** What mail gateways that follow links and load pictures call themselves, beyond those that every crawler list has. */
const gateways =
  /barracuda|proofpoint|mimecast|forcepoint|fireeye|trellix|sophos|symantec|messagelabs|cloudmark|trendmicro|trend micro|ironport|safelinks|vade|cyren|zscaler|checkpoint|hornetsecurity/i
/** Providers that load a picture when its mail is opened, for the reader and under a name of their own. */
const proxies = /GoogleImageProxy|YahooMailProxy|YahooCacheSystem/i

/** What one request says of who sent it. */
export type Asker = {
  kind: MailCount['kind']
  method: string
  userAgent: string | undefined
  /** `Sec-Purpose`, or `Purpose` as it was called: set where something is fetched before anybody asks for it. */
  purpose: string | undefined
}

/**
 * What kind of reader asks, as far as the request itself tells. Apple's Mail Privacy Protection loads the pictures of
 * every mail, read or not, and says no more of itself than `Mozilla/5.0`.
 */
export function readerOf({kind, method, userAgent = '', purpose}: Asker): MailCount['reader'] {
  if (method !== 'GET' || /prefetch|preview/i.test(purpose ?? '')) return 'machine'
  if (kind === 'open' && userAgent === 'Mozilla/5.0') return 'preload'
  if (kind === 'open' && proxies.test(userAgent)) return 'proxy'
  if (userAgent.length < 12 || gateways.test(userAgent) || isbot(userAgent)) return 'machine'
  return 'person'
}
