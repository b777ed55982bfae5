import {hash} from 'node:crypto'
import {crc32} from 'node:zlib'
import {createConnections} from './http-connections.ts'
import type {S3Route} from './learn-route.ts'
import type {ObjectHeaders} from './objects.ts'
import {amzDate, createSigner, encodeKey} from './sign-request.ts'

export type Credentials = {accessKeyId: string; secretAccessKey: string; sessionToken?: string}

/** As the SDK takes it, with an ETag as the server wants it. */
export type PutCondition = {IfMatch?: string; IfNoneMatch?: string}

export type DirectPut = {
  /**
   * One attempt, without any other: the ETag, the status of an answer that the condition does not hold, or how long to wait
   * before the next one, ms. What else went wrong is not told; whoever tries again by the SDK is told by it. Undefined
   * where a header holds more than words of ASCII, and nothing was sent.
   */
  put(
    key: string,
    body: Uint8Array,
    headers: ObjectHeaders,
    options: {signal?: AbortSignal | undefined; condition: PutCondition},
  ): Promise<{etag: string} | {refused: number} | {waitMs: number} | undefined>
  close(): void
}

type Options = {
  route: S3Route
  credentials: () => Promise<Credentials>
  /** Whether the server is sent a checksum to compare. */
  checksums: boolean
  attemptMs: number
}

/** As many as publisher has under way. */
const connections = 64
/** As the SDK waits before its first repeat. */
const firstWaitMs = 100

/**
 * Puts small objects by a plain signed request each. The SDK, which is made for every call of every service, takes eight
 * times the CPU for one, and a first publish is some ten thousand of them.
 */
export function createDirectPut({route, credentials, checksums, attemptMs}: Options): DirectPut {
  const {hostname, port, pathBefore} = route
  const {ask, close} = createConnections(route, {most: connections, silentMs: attemptMs})
  const sign = createSigner(route)
  const host = port === undefined ? hostname : `${hostname}:${port}`

  return {
    async put(key, body, headers, {signal, condition}) {
      const secrets = await credentials()
      const given = givenHeaders(headers, condition, secrets)
      if (![...Object.values(given), headers.cacheControl, secrets.accessKeyId].every(isPlain)) return undefined
      const signed: Record<string, string> = {
        ...given,
        host,
        'x-amz-content-sha256': hash('sha256', body),
        'x-amz-date': amzDate(new Date()),
      }
      if (checksums) signed['x-amz-checksum-crc32'] = checksumOf(body)
      const path = `${pathBefore}${encodeKey(key)}`
      let head = `PUT ${path} HTTP/1.1\r\n`
      for (const name in signed) head += `${name}: ${signed[name]}\r\n`
      head += `authorization: ${sign({method: 'PUT', path, headers: signed}, secrets)}\r\n`
      head += `cache-control: ${headers.cacheControl}\r\ncontent-length: ${body.byteLength}\r\n\r\n`
      try {
        const {status, headers: answered} = await ask(head, body, signal)
        const etag = answered.get('etag')
        if (status === 200 && etag !== undefined) return {etag: etag.replaceAll('"', '')}
        if (isRefusal(status, condition)) return {refused: status}
        const asked = Number(answered.get('retry-after'))
        if (asked > 0) return {waitMs: asked * 1_000}
        return {waitMs: status >= 500 || status === 429 ? Math.random() * firstWaitMs : 0}
      } catch {
        return {waitMs: Math.random() * firstWaitMs}
      }
    },
    close,
  }
}

/** Servers differ in how they read other values before they compare the signature. */
function isPlain(value: string): boolean {
  return /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value)
}

/** Without a condition neither status says anything about one. */
function isRefusal(status: number, {IfMatch, IfNoneMatch}: PutCondition): boolean {
  return (status === 412 || status === 409) && (IfMatch !== undefined || IfNoneMatch !== undefined)
}

function givenHeaders(
  headers: ObjectHeaders,
  {IfMatch, IfNoneMatch}: PutCondition,
  {sessionToken}: Credentials,
): Record<string, string> {
  const {contentType, contentEncoding, redirectLocation, status, link} = headers
  return {
    'content-type': contentType,
    ...(contentEncoding === undefined ? {} : {'content-encoding': contentEncoding}),
    ...(redirectLocation === undefined ? {} : {'x-amz-website-redirect-location': redirectLocation}),
    ...(status === undefined ? {} : {'x-amz-meta-status': String(status)}),
    ...(link === undefined ? {} : {'x-amz-meta-link': link}),
    ...(IfMatch === undefined ? {} : {'if-match': IfMatch}),
    ...(IfNoneMatch === undefined ? {} : {'if-none-match': IfNoneMatch}),
    ...(sessionToken === undefined ? {} : {'x-amz-security-token': sessionToken}),
  }
}

function checksumOf(body: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}
