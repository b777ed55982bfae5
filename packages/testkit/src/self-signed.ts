import {generateKeyPairSync, sign} from 'node:crypto'

/** A certificate that is its own issuer, for a name; of version 1, which has no more than that (RFC 5280, section 4.1). */
export function selfSigned(name: string): {cert: string; key: string} {
  const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
  const commonName = der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(name)))
  const subject = der(0x30, der(0x31, commonName))
  const times = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231000000Z')))
  const key = publicKey.export({type: 'spki', format: 'der'})
  const body = der(0x30, der(0x02, Buffer.from([1])), ecdsaWithSha256, subject, times, subject, key)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const text = der(0x30, body, ecdsaWithSha256, signature).toString('base64')
  const cert = `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return {cert, key: privateKey.export({type: 'pkcs8', format: 'pem'}) as string}
}

/** One element of DER: its tag, its length, what is in it. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const {length} = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
