import {hash} from 'node:crypto'
import {once} from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import {crc32} from 'node:zlib'
import type {S3Route} from './learn-route.ts'
import type {ObjectHeaders} from './objects.ts'
import {amzDate, createSigner, encodeKey} from './sign-request.ts'

export type Credentials = {accessKeyId: string; secretAccessKey: string; sessionToken?: string}

export type DirectPut = {
  /**
   * One attempt, without any other: the ETag, or how long to wait before the next one, ms. What went wrong is not told;
   * whoever tries again by the SDK is told by it. Undefined where a header holds more than words of ASCII, and nothing was sent.
   */
  put(
    key: string,
    body: Uint8Array,
    headers: ObjectHeaders,
    signal: AbortSignal | undefined,
  ): Promise<{etag: string} | {waitMs: number} | undefined>
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
 * Puts small objects by a plain signed request each. The SDK, which is made for every call of every service, takes four
 * times the CPU for one, and a first publish is some ten thousand of them.
 */
export function createDirectPut({route, credentials, checksums, attemptMs}: Options): DirectPut {
  const {protocol, hostname, port, pathBefore} = route
  const {Agent, request} = protocol === 'https:' ? https : http
  const agent = new Agent({keepAlive: true, maxSockets: connections, scheduling: 'lifo'})
  const sign = createSigner(route)
  const host = port === undefined ? hostname : `${hostname}:${port}`

  async function send(path: string, headers: Record<string, string>, body: Uint8Array, signal?: AbortSignal) {
    const aborting = signal === undefined ? {} : {signal}
    const asked = request({hostname, port, path, method: 'PUT', headers, agent, timeout: attemptMs, ...aborting})
    // What befalls it after the answer is told by the answer.
    asked.on('error', () => {})
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [http.IncomingMessage]
    answer.resume()
    if (!answer.complete) await once(answer, 'end')
    return answer
  }

  return {
    async put(key, body, headers, signal) {
      const {sessionToken, ...secrets} = await credentials()
      const at = new Date()
      const signed: Record<string, string> = {
        ...metadataOf(headers),
        'content-type': headers.contentType,
        host,
        'x-amz-content-sha256': hash('sha256', body),
        'x-amz-date': amzDate(at),
        ...(checksums ? {'x-amz-checksum-crc32': checksumOf(body)} : {}),
        ...(sessionToken === undefined ? {} : {'x-amz-security-token': sessionToken}),
      }
      // Servers differ in how they read other values before they compare the signature.
      if (Object.values(signed).some((value) => !/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(value))) return undefined
      const path = `${pathBefore}${encodeKey(key)}`
      const authorization = sign({method: 'PUT', path, headers: signed}, secrets, at)
      const all = {
        ...signed,
        authorization,
        'cache-control': headers.cacheControl,
        'content-length': String(body.byteLength),
      }
      try {
        const {statusCode = 0, headers: answered} = await send(path, all, body, signal)
        if (statusCode === 200 && answered.etag !== undefined) return {etag: answered.etag.replaceAll('"', '')}
        const asked = Number(answered['retry-after'])
        if (asked > 0) return {waitMs: asked * 1_000}
        return {waitMs: statusCode >= 500 || statusCode === 429 ? Math.random() * firstWaitMs : 0}
      } catch {
        return {waitMs: Math.random() * firstWaitMs}
      }
    },
    close: () => agent.destroy(),
  }
}

function metadataOf({contentEncoding, redirectLocation, status, link}: ObjectHeaders): Record<string, string> {
  return {
    ...(contentEncoding === undefined ? {} : {'content-encoding': contentEncoding}),
    ...(redirectLocation === undefined ? {} : {'x-amz-website-redirect-location': redirectLocation}),
    ...(status === undefined ? {} : {'x-amz-meta-status': String(status)}),
    ...(link === undefined ? {} : {'x-amz-meta-link': link}),
  }
}

function checksumOf(body: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}
