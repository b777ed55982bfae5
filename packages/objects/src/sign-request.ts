import {createHmac, createSecretKey, hash, type KeyObject} from 'node:crypto'

export type SigningCredentials = {accessKeyId: string; secretAccessKey: string}

export type RequestToSign = {
  method: string
  /** As it stands on the wire: encoded, beginning with a slash. */
  path: string
  /** All that are to be signed, names in lower case; `host` and `x-amz-content-sha256` among them. */
  headers: Record<string, string>
}

/** Signs requests without a query to one service in one region: AWS Signature Version 4, the value of `Authorization`. */
export type SignRequest = (request: RequestToSign, credentials: SigningCredentials, at: Date) => string

/** The key of a day is derived once, since that takes four of the five HMACs. */
export function createSigner({region, service}: {region: string; service: string}): SignRequest {
  let derived: {of: string; key: KeyObject} | undefined

  function keyOf(secret: string, day: string): KeyObject {
    const of = `${day} ${secret}`
    if (derived?.of !== of) {
      const key = [day, region, service, 'aws4_request'].reduce((key, text) => hmac(key, text), asKey(`AWS4${secret}`))
      derived = {of, key}
    }
    return derived.key
  }

  return ({method, path, headers}, {accessKeyId, secretAccessKey}, at) => {
    const time = amzDate(at)
    const day = time.slice(0, 8)
    const names = Object.keys(headers).sort()
    const lines = names.map((name) => `${name}:${headers[name]!.trim().replaceAll(/ {2,}/g, ' ')}\n`)
    const signed = names.join(';')
    const canonical = [method, path, '', lines.join(''), signed, headers['x-amz-content-sha256']].join('\n')
    const scope = `${day}/${region}/${service}/aws4_request`
    const text = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical)].join('\n')
    const signature = createHmac('sha256', keyOf(secretAccessKey, day)).update(text).digest('hex')
    return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
  }
}

/** A moment as `x-amz-date` has it: 20130524T000000Z. */
export function amzDate(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** A key as it stands in a path: S3 encodes all but letters, digits, `-._~` and slashes, once. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: KeyObject, text: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(text).digest())
}

function asKey(text: string): KeyObject {
  return createSecretKey(text, 'utf8')
}
