import {createPrivateKey, createPublicKey, generateKeyPair, sign, verify, type KeyObject} from 'node:crypto'
import {promisify} from 'node:util'
import {BroadsideError} from '@broadside/runtime'

export type DkimKey = {
  /** `d=`: the domain that answers for the mail. */
  domain: string
  /** `s=`: with the domain it names the DNS record that holds the public half. */
  selector: string
  privateKey: KeyObject
}

const name = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/

/**
 * Reads a private key in PEM, and tries it: a key that cannot sign would otherwise be noticed by those who refuse the
 * mail. RFC 8301 asks for RSA of 1,024 bits at least, 2,048 where DNS can hold it.
 *
 * @throws BroadsideError `dkim.key` (invalid): no private key, not RSA, too short, or names that are none.
 */
export function readDkimKey({domain, selector, pem}: {domain: string; selector: string; pem: string}): DkimKey {
  const names = {domain: domain.toLowerCase(), selector: selector.toLowerCase()}
  if (!name.test(names.domain) || !names.domain.includes('.')) throw unfit(`${domain} is no name of a domain`)
  if (!name.test(names.selector)) throw unfit(`${selector} is no name of a selector`)
  const privateKey = readPem(pem)
  if (privateKey.asymmetricKeyType !== 'rsa') throw unfit('its type is not RSA, the one that every receiver knows')
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < 1024) throw unfit(`it has ${bits} bits, and receivers ask for 1,024 at least`)
  const probe = Buffer.from('probe')
  if (!verify('sha256', probe, createPublicKey(privateKey), sign('sha256', probe, privateKey))) {
    throw unfit('what it signs does not verify')
  }
  return {...names, privateKey}
}

/** A new RSA key of 2,048 bits, in PEM (PKCS #8). */
export async function newDkimKey(): Promise<string> {
  const {privateKey} = await promisify(generateKeyPair)('rsa', {modulusLength: 2048})
  return privateKey.export({type: 'pkcs8', format: 'pem'}) as string
}

/** Name and text of the DNS record that receivers ask for (RFC 6376 3.6.1). */
export function dkimRecord({domain, selector, privateKey}: DkimKey): {name: string; text: string} {
  const der = createPublicKey(privateKey).export({type: 'spki', format: 'der'})
  return {name: `${selector}._domainkey.${domain}`, text: `v=DKIM1; k=rsa; p=${der.toString('base64')}`}
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw unfit('it is no private key in PEM', cause)
  }
}

function unfit(why: string, cause?: unknown): BroadsideError {
  return new BroadsideError('invalid', 'dkim.key', `the DKIM key cannot be used: ${why}`, {
    hint: '`broadside dkim new DOMAIN` makes one',
    ...(cause === undefined ? {} : {cause}),
  })
}
