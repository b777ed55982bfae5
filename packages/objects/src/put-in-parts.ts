import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type {CompletedPart, PutObjectCommandInput, S3Client} from '@aws-sdk/client-s3'
import type {PutOptions} from './objects.ts'

/** Bytes of one part; S3 takes none below 5 MiB, save the last. */
export const partBytes = 8 * 1024 * 1024
const partsAtOnce = 3
/** The last call is as short as a put of one small object, so that it cannot come down long after it was asked for. */
const lastCallMs = 6_000

type Input = Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'IfMatch' | 'IfNoneMatch'>
type Headers = Omit<PutObjectCommandInput, keyof Input | 'Body' | 'ContentLength'>

/**
 * Puts a large body in parts, each with a checksum that the server verifies where it can. Readers have the old bytes
 * until the last call, and all of the new ones after it. Of one that fails the parts are given up; of one that is killed
 * they stay until the bucket's own rule for unfinished uploads.
 */
export async function putInParts(
  client: S3Client,
  {input, headers, body, checksums}: {input: Input; headers: Headers; body: Uint8Array; checksums: boolean},
  {signal, beforeVisible}: PutOptions,
): Promise<{ETag: string | undefined; retries: number}> {
  const {Bucket, Key, ...conditions} = input
  const abortBy = signal === undefined ? {} : {abortSignal: signal}
  const checksum = checksums ? ({ChecksumAlgorithm: 'CRC32'} as const) : {}
  const begun = await client.send(new CreateMultipartUploadCommand({Bucket, Key, ...headers, ...checksum}), abortBy)
  const upload = {Bucket, Key, UploadId: begun.UploadId}
  const parts: CompletedPart[] = []
  let retries = retriesOf(begun)
  let next = 0
  let isOver = false
  const work = async () => {
    for (let at = next++; !isOver && at * partBytes < body.byteLength; at = next++) {
      const Body = body.subarray(at * partBytes, (at + 1) * partBytes)
      const part = {...upload, ...checksum, PartNumber: at + 1, Body, ContentLength: Body.byteLength}
      const sent = await client.send(new UploadPartCommand(part), abortBy)
      retries += retriesOf(sent)
      const {ETag, ChecksumCRC32} = sent
      parts[at] = {PartNumber: at + 1, ETag, ...(ChecksumCRC32 === undefined ? {} : {ChecksumCRC32})}
    }
  }
  try {
    const stopOthers = (error: unknown) => {
      isOver = true
      throw error
    }
    const worked = await Promise.allSettled(Array.from({length: partsAtOnce}, () => work().catch(stopOthers)))
    // A part that came after the upload was given up would stay in the bucket, so all calls are over by then.
    const failed = worked.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    await beforeVisible?.()
    const last = AbortSignal.timeout(lastCallMs)
    const done = await client.send(
      new CompleteMultipartUploadCommand({...upload, ...conditions, MultipartUpload: {Parts: parts}}),
      {abortSignal: signal === undefined ? last : AbortSignal.any([signal, last])},
    )
    return {ETag: done.ETag, retries: retries + retriesOf(done)}
  } catch (error) {
    // What went wrong counts, and not whether the parts could be given up as well.
    await client
      .send(new AbortMultipartUploadCommand(upload), {abortSignal: AbortSignal.timeout(lastCallMs)})
      .catch(() => {})
    throw error
  }
}

/** How often the SDK has tried again before it had an answer. */
export function retriesOf({$metadata: {attempts = 1}}: {$metadata: {attempts?: number | undefined}}): number {
  return attempts - 1
}
