import {createHmac, createSecretKey, timingSafeEqual, type KeyObject} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'

/**
 * A `sign-up` speaks of a form that was asked for, under a name that is used once, and of nobody. `open` and `click`
 * speak of an edition and of nobody: they are the same in every mail of it.
 */
export type TokenPurpose = 'confirm' | 'unsubscribe' | 'preferences' | 'sign-up' | 'open' | 'click'

/** Leaving must work for ever, so an unsubscribe token takes no expiry. */
export type TokenClaims =
  | {purpose: 'unsubscribe' | 'open'; site: string; subscriber: string; expiresAt?: never}
  | {purpose: 'click'; site: string; subscriber: string; expiresAt?: never; url: string}
  | {purpose: 'confirm' | 'preferences' | 'sign-up'; site: string; subscriber: string; expiresAt?: Date}

/** `id` stands in the token, `secret` has at least 16 random bytes. */
export type TokenKey = {id: string; secret: Uint8Array}

export type Tokens = {
  /** A token made of `A-Z a-z 0-9 - _ .` alone. The same claims give the same token. */
  sign(claims: TokenClaims): string
  /**
   * Who the token speaks of. Throws `token.invalid` for anything that `sign` did not make for this purpose, and this
   * `url` where it is a click, and `token.expired` (both invalid).
   */
  verify(token: string, purpose: TokenPurpose, now: Date, url?: string): {site: string; subscriber: string}
  /**
   * What stays of an erased address, one for each key, the one to keep first. Without the keys nobody can tell by
   * trying addresses whose it is.
   */
  traces(site: string, address: {key: string}): string[]
}

const word = /^[A-Za-z0-9_-]{1,64}$/
const tokenShape =
  /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.(0|[1-9a-z][0-9a-z]{0,9})\.[A-Za-z0-9_-]{22}$/

/**
 * Signs and verifies the links in mails: `key.site.subscriber.expiry.mac`, where expiry is in seconds, base 36, 0 for
 * never, and mac is the first 128 bits of HMAC-SHA256 (RFC 2104, section 5) over purpose and all the rest, and over where
 * a click leads. The first
 * key signs, all of them verify: keep old keys, or links in old mails stop working.
 *
 * Throws `token.key.invalid` (invalid) when there is no key, two have one id, or a secret is too short.
 */
export function createTokens({keys}: {keys: readonly TokenKey[]}): Tokens {
  const [newest] = keys
  // As key objects, since each use of plain bytes costs several times the signature: two are made for each mail.
  const secrets = new Map(keys.map(({id, secret}) => [id, createSecretKey(secret)]))
  if (newest === undefined || secrets.size !== keys.length)
    throw badKey('There must be one key at least, each with its own id')
  for (const key of keys) {
    if (!word.test(key.id)) throw badKey('A key id has 1 to 64 letters, digits, - or _')
    if (key.secret.byteLength < 16) throw badKey(`The secret of key ${key.id} has fewer than 16 bytes`)
  }

  return {
    sign(given) {
      const {purpose, site, subscriber, expiresAt} = given
      for (const part of [site, subscriber]) {
        if (!word.test(part))
          throw new BroadsideError('bug', 'token.claim.invalid', `"${part}" cannot stand in a token`)
      }
      const expiry = expiresAt === undefined ? 0 : Math.max(1, Math.ceil(expiresAt.getTime() / 1000))
      const claims = `${newest.id}.${site}.${subscriber}.${expiry.toString(36)}`
      return `${claims}.${mac(secrets.get(newest.id)!, purpose, claims, given.purpose === 'click' ? given.url : undefined)}`
    },

    verify(token, purpose, now, url) {
      const [, id, site, subscriber, expiry] = tokenShape.exec(token) ?? []
      const secret = secrets.get(id ?? '')
      if (secret === undefined || site === undefined || subscriber === undefined || expiry === undefined)
        throw invalid()
      const end = token.lastIndexOf('.')
      // The text of the mac is compared and never decoded, so no other spelling of the same bytes passes.
      const expected = Buffer.from(mac(secret, purpose, token.slice(0, end), url))
      if (!timingSafeEqual(Buffer.from(token.slice(end + 1)), expected)) throw invalid()
      if (expiry !== '0' && now.getTime() >= Number.parseInt(expiry, 36) * 1000) {
        throw new BroadsideError('invalid', 'token.expired', 'This link has expired', {hint: 'Ask for a new one'})
      }
      return {site, subscriber}
    },

    traces(site, {key}) {
      const text = JSON.stringify(['broadside trace 1', site, key])
      return keys.map(({secret}) => `erased:${createHmac('sha256', secret).update(text).digest('hex')}`)
    },
  }
}

/** Claims hold no line break, so what is signed with a URL and what is signed without one are never the same. */
function mac(secret: KeyObject, purpose: TokenPurpose, claims: string, url?: string): string {
  const signed = `broadside token 1\n${purpose}\n${claims}${url === undefined ? '' : `\n${url}`}`
  const digest = createHmac('sha256', secret).update(signed).digest()
  return digest.subarray(0, 16).toString('base64url')
}

function invalid(): BroadsideError {
  return new BroadsideError('invalid', 'token.invalid', 'This link is not one of ours, or a part of it is missing', {
    hint: 'Copy the whole link from the mail',
  })
}

function badKey(message: string): BroadsideError {
  return new BroadsideError('invalid', 'token.key.invalid', message)
}
