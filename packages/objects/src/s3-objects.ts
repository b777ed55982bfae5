import {hash} from 'node:crypto'
import {setTimeout as pause} from 'node:timers/promises'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import type {GetObjectCommandOutput, HeadObjectCommandOutput, PutObjectCommandInput} from '@aws-sdk/client-s3'
import {checkKey} from './check-key.ts'
import {sameHeaders} from './default-headers.ts'
import {learnRoute} from './learn-route.ts'
import type {CallOptions, ObjectHead, ObjectHeaders, Objects, PutOptions} from './objects.ts'
import type {S3Place} from './objects-url.ts'
import {probeConditions, probeStart} from './probe-conditions.ts'
import {createDirectPut} from './put-directly.ts'
import {partBytes, putInParts, retriesOf} from './put-in-parts.ts'
import {createS3Client, defaultAttemptMs} from './s3-client.ts'
import type {S3Options} from './s3-client.ts'
import {explainS3Error, statusOf} from './s3-error.ts'

/** S3 takes no more in one DeleteObjects. */
const maxDeletes = 1000
/** What the SDK asks leave for before it sends it (`Expect: 100-continue`) is not put directly. */
const directBytes = 1024 * 1024

/**
 * Objects in a bucket of S3 or of a server that speaks like it. Bodies are sent whole with their length, since
 * gateways store streams wrongly, or in parts of 8 MiB where they are larger than that. Opening it tries out whether conditions on puts are honoured.
 *
 * Throws `objects.denied`, `objects.no-bucket`, `objects.no-credentials`, `objects.refused`, `objects.key` (invalid),
 * `objects.throttled` (throttled), `objects.unreachable`, `objects.deadline`, `objects.precondition` (transient).
 */
export async function openS3Objects(place: S3Place, options: S3Options = {}): Promise<Objects> {
  const client = createS3Client(place, options)
  const {bucket, prefix} = place
  const where = `bucket ${bucket}`
  const nameOf = (key: string) => {
    checkKey(key)
    return {Bucket: bucket, Key: `${prefix}${key}`}
  }
  const sendPut = async (input: PutObjectCommandInput, {signal}: CallOptions) => {
    const answer = await withDeadline(signal, client.send(new PutObjectCommand(input), {...abortBy(signal)}))
    return putAnswer(answer.ETag, retriesOf(answer))
  }
  const sendLarge = async (input: PutObjectCommandInput, body: Uint8Array, putOptions: PutOptions) => {
    const {Bucket, Key, IfMatch, IfNoneMatch, Body: _body, ContentLength: _length, ...headers} = input
    const conditions = {
      ...(IfMatch === undefined ? {} : {IfMatch}),
      ...(IfNoneMatch === undefined ? {} : {IfNoneMatch}),
    }
    const whole = {input: {Bucket, Key, ...conditions}, headers, body, checksums: place.checksums === 'supported'}
    const {ETag, retries} = await withDeadline(putOptions.signal, putInParts(client, whole, putOptions))
    return putAnswer(ETag, retries)
  }
  const head = (key: string, {signal}: CallOptions = {}) =>
    explained(`read ${key} in ${where}`, signal, async () => {
      const answer = await unlessAbsent(
        withDeadline(signal, client.send(new HeadObjectCommand(nameOf(key)), abortBy(signal))),
      )
      return answer === undefined ? undefined : headOf(answer)
    })
  const removeBatch = async (keys: string[], {signal}: CallOptions) => {
    const Delete = {Objects: keys.map((key) => ({Key: nameOf(key).Key})), Quiet: true}
    const command = new DeleteObjectsCommand({Bucket: bucket, Delete})
    const {Errors = []} = await withDeadline(signal, client.send(command, abortBy(signal)))
    const [first] = Errors.filter(({Code}) => Code !== 'NoSuchKey')
    if (first === undefined) return
    const status = first.Code === 'AccessDenied' ? 403 : 500
    throw answered(first.Code, status, `${first.Key}: ${first.Message}`)
  }

  const learned = learnRoute(client, probeStart)
  const etagForm = await explained(`use ${where}`, undefined, () =>
    probeConditions({
      put: (key, condition) =>
        sendPut({...nameOf(key), Body: new Uint8Array(0), ContentType: 'text/plain', ...condition}, {}),
      remove: (key) => removeBatch([key], {}),
    }),
  ).catch((error) => {
    client.destroy()
    throw error
  })

  const route = learned()
  const direct =
    route &&
    createDirectPut({
      route,
      credentials: () => client.config.credentials(),
      checksums: place.checksums === 'supported',
      attemptMs: options.attemptMs ?? defaultAttemptMs,
    })

  /** The first attempt goes directly; what it met, and all others, are the SDK's to judge and to repeat. */
  const sendSmall = async (key: string, body: Uint8Array, headers: ObjectHeaders, putOptions: PutOptions) => {
    const {signal} = putOptions
    const condition = conditionOf(putOptions)
    const tried = await direct?.put(key, body, headers, {signal, condition})
    if (tried !== undefined && 'etag' in tried) return tried
    if (tried !== undefined && 'refused' in tried)
      throw answered('PreconditionFailed', tried.refused, 'the condition does not hold')
    const input = {...nameOf(key), ...bodyOf(body, headers), ...condition}
    if (tried === undefined) return sendPut(input, putOptions)
    await pause(tried.waitMs, undefined, signal === undefined ? {} : {signal})
    const {etag, retries = 0} = await sendPut(input, putOptions)
    return {etag, retries: retries + 1}
  }

  const conditionOf = ({ifMatch, ifNoneMatch}: PutOptions) => {
    if (etagForm === undefined) return {}
    return {
      ...(ifMatch === undefined ? {} : {IfMatch: etagForm === 'bare' ? ifMatch : `"${ifMatch}"`}),
      ...(ifNoneMatch === undefined ? {} : {IfNoneMatch: ifNoneMatch}),
    }
  }

  return {
    capabilities: {conditionalPut: etagForm !== undefined},
    put(key, body, headers, putOptions = {}) {
      const {signal} = putOptions
      return explained(`write ${key} in ${where}`, signal, async () => {
        checkKey(key)
        try {
          if (body.byteLength <= directBytes) return await sendSmall(key, body, headers, putOptions)
          const input = {...nameOf(key), ...bodyOf(body, headers), ...conditionOf(putOptions)}
          return await (body.byteLength > partBytes ? sendLarge(input, body, putOptions) : sendPut(input, putOptions))
        } catch (error) {
          if (statusOf(error) !== 412) throw error
          // An attempt whose answer was lost may have written this itself; then it is done.
          const found = await head(key, putOptions)
          if (found?.etag === hash('md5', body) && sameHeaders(found.headers, headers)) return {etag: found.etag}
          throw error
        }
      })
    },
    get(key, {signal} = {}) {
      return explained(`read ${key} in ${where}`, signal, async () => {
        const answer = await unlessAbsent(
          withDeadline(signal, client.send(new GetObjectCommand(nameOf(key)), abortBy(signal))),
        )
        if (answer === undefined) return undefined
        const body = (await withDeadline(signal, answer.Body?.transformToByteArray())) ?? new Uint8Array(0)
        return {...headOf(answer), body, size: body.byteLength}
      })
    },
    head,
    delete(keys, callOptions = {}) {
      return explained(`remove ${keys.length} objects in ${where}`, callOptions.signal, async () => {
        for (let start = 0; start < keys.length; start += maxDeletes) {
          await removeBatch(keys.slice(start, start + maxDeletes), callOptions)
        }
      })
    },
    async *list(listed, {signal} = {}) {
      const pages = paginateListObjectsV2({client}, {Bucket: bucket, Prefix: `${prefix}${listed}`}, abortBy(signal))
      try {
        for await (const {Contents = []} of pages) {
          for (const {Key, ETag, Size} of Contents) {
            if (Key !== undefined) yield {key: Key.slice(prefix.length), etag: bareEtag(ETag), size: Size ?? 0}
          }
        }
      } catch (error) {
        throw explainS3Error(error, `list ${listed} in ${where}`, signal)
      }
    },
    describe() {
      const host = place.endpoint === undefined ? 'S3' : new URL(place.endpoint).host
      return `${where} at ${host}${prefix === '' ? '' : `, below ${prefix}`}`
    },
    async close() {
      direct?.close()
      client.destroy()
    },
  }
}

async function explained<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainS3Error(error, what, signal)
  }
}

function abortBy(signal: AbortSignal | undefined): {abortSignal?: AbortSignal} {
  return signal === undefined ? {} : {abortSignal: signal}
}

/**
 * Ends when the signal fires, even while the SDK sleeps between two attempts; its next attempt sees the signal itself
 * and is not sent.
 */
async function withDeadline<T>(signal: AbortSignal | undefined, call: Promise<T> | T): Promise<T> {
  if (signal === undefined) return await call
  const fired = Promise.withResolvers<never>()
  const onAbort = () => fired.reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([call, fired.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    const {name} = error as Error
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined
    throw error
  }
}

function bodyOf(body: Uint8Array, headers: ObjectHeaders) {
  return {
    Body: body,
    ContentLength: body.byteLength,
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ...(headers.contentEncoding === undefined ? {} : {ContentEncoding: headers.contentEncoding}),
    ...(headers.redirectLocation === undefined ? {} : {WebsiteRedirectLocation: headers.redirectLocation}),
    Metadata: {
      ...(headers.status === undefined ? {} : {status: String(headers.status)}),
      ...(headers.link === undefined ? {} : {link: headers.link}),
    },
  }
}

function headOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput): ObjectHead {
  return {
    headers: {
      contentType: answer.ContentType ?? 'application/octet-stream',
      cacheControl: answer.CacheControl ?? '',
      ...(answer.ContentEncoding ? {contentEncoding: answer.ContentEncoding} : {}),
      ...(answer.WebsiteRedirectLocation ? {redirectLocation: answer.WebsiteRedirectLocation} : {}),
      ...(answer.Metadata?.['status'] === '410' ? {status: 410} : {}),
      ...(answer.Metadata?.['link'] ? {link: answer.Metadata['link']} : {}),
    },
    etag: bareEtag(answer.ETag),
    size: answer.ContentLength ?? 0,
  }
}

/** An error such as the SDK throws for an answer. */
function answered(code: string | undefined, status: number, message: string): Error {
  return Object.assign(new Error(message), {Code: code, $metadata: {httpStatusCode: status}})
}

function putAnswer(etag: string | undefined, retries: number): {etag: string; retries?: number} {
  return {etag: bareEtag(etag), ...(retries > 0 ? {retries} : {})}
}

function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replace(/^(W\/)?"|"$/g, '')
}
