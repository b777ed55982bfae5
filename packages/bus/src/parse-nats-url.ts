import {BroadsideError} from '@broadside/runtime'

export type NatsAddress = {servers: string[]; user?: string; pass?: string; token?: string}

/**
 * Reads `nats://user:password@host:4222,host2:4222`; a user without password is a token, as the `nats` tool has it.
 * @throws BroadsideError `bus.url` (invalid).
 */
export function parseNatsUrl(url: string): NatsAddress {
  const urls = url.split(',').map((part) => {
    const text = part.includes('://') ? part.trim() : `nats://${part.trim()}`
    if (!URL.canParse(text)) throw badUrl()
    return new URL(text)
  })
  const first = urls[0]
  if (first === undefined || urls.some(({protocol, hostname}) => !/^(nats|tls):$/.test(protocol) || hostname === '')) {
    throw badUrl()
  }
  const servers = urls.map(({protocol, host}) => `${protocol}//${host}`)
  const user = decodeURIComponent(first.username)
  const pass = decodeURIComponent(first.password)
  if (user === '') return {servers}
  return pass === '' ? {servers, token: user} : {servers, user, pass}
}

/** The address itself stays out of the message, since it may hold a password. */
function badUrl(): BroadsideError {
  return new BroadsideError('invalid', 'bus.url', 'the address of NATS cannot be read', {
    hint: 'NATS_URL has the form nats://host:4222',
  })
}
