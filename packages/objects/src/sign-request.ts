import {hash} from 'node:crypto'

export type SigningCredentials = {accessKeyId: string; secretAccessKey: string}

export type RequestToSign = {
  method: string
  /** As it stands on the wire: encoded, beginning with a slash. */
  path: string
  /**
   * All that are to be signed, names in lower case, values of ASCII with single spaces between words; `host`,
   * `x-amz-date` and `x-amz-content-sha256` among them.
   */
  headers: Record<string, string>
}

/** Signs requests without a query to one service in one region: AWS Signature Version 4, the value of `Authorization`. */
export type SignRequest = (request: RequestToSign, credentials: SigningCredentials) => string

/** The key of a day is derived once, since that takes four of the five HMACs. */
export function createSigner({region, service}: {region: string; service: string}): SignRequest {
  let derived: {of: string; sign: Hmac} | undefined

  function signWith(secret: string, day: string): Hmac {
    const of = `${day} ${secret}`
    if (derived?.of !== of) {
      const texts = [day, region, service, 'aws4_request']
      const key = texts.reduce<Buffer>((key, text) => hmacOf(key)(text), Buffer.from(`AWS4${secret}`))
      derived = {of, sign: hmacOf(key)}
    }
    return derived.sign
  }

  return ({method, path, headers}, {accessKeyId, secretAccessKey}) => {
    const time = headers['x-amz-date']!
    const day = time.slice(0, 8)
    const names = Object.keys(headers).sort()
    let canonical = `${method}\n${path}\n\n`
    for (const name of names) canonical += `${name}:${headers[name]}\n`
    const signed = names.join(';')
    canonical += `\n${signed}\n${headers['x-amz-content-sha256']}`
    const scope = `${day}/${region}/${service}/aws4_request`
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`
    const signature = signWith(secretAccessKey, day)(text).toString('hex')
    return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
  }
}

type Hmac = (text: string) => Buffer

/** HMAC-SHA256 (RFC 2104) by two plain hashes: an object of `createHmac` for each text takes four times as long. */
function hmacOf(key: Buffer): Hmac {
  const block = key.byteLength > 64 ? hash('sha256', key, 'buffer') : key
  const [inner, outer] = [0x36, 0x5c].map((pad) =>
    Buffer.from(Array.from({length: 64}, (_, at) => pad ^ (block[at] ?? 0))),
  )
  return (text) =>
    hash(
      'sha256',
      Buffer.concat([outer!, hash('sha256', Buffer.concat([inner!, Buffer.from(text)]), 'buffer')]),
      'buffer',
    )
}

/** A moment as `x-amz-date` has it: 20130524T000000Z. */
export function amzDate(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** A key as it stands in a path: S3 encodes all but letters, digits, `-._~` and slashes, once. */
export function encodeKey(key: string): string {
  if (/^[\w.~/-]*$/.test(key)) return key
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
