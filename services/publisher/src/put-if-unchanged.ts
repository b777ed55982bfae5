import type {ObjectHeaders, Objects, PutOptions} from '@broadside/objects'
import {BroadsideError} from '@broadside/runtime'

/** What is known to lie at a key before a put: nothing, bytes of this ETag, or what has to be asked. */
export type KnownObject = 'nothing' | {etag: string} | 'unknown'

const tries = 3

/**
 * Puts an object on the condition that nobody has written there since `known`, where the objects honour that: a put that
 * comes down late, after one of a newer release, is refused by them, and the newer bytes stay. Elsewhere it is a plain
 * put. `fence` is asked once the condition is known, right before the call, so that whoever passes it and sleeps then
 * still names what was there before; what it throws is thrown. What somebody else has written there, whom nobody knows,
 * is looked at and replaced.
 *
 * @throws BroadsideError `objects.precondition` (transient) where others go on writing; what the objects throw.
 */
export async function putIfUnchanged(
  objects: Objects,
  {key, body, headers, known}: {key: string; body: Uint8Array; headers: ObjectHeaders; known: KnownObject},
  {fence, signal, onRefused}: {fence: () => Promise<void>; signal: AbortSignal; onRefused?: () => void},
): Promise<{etag: string; retries?: number}> {
  for (let attempt = 1; ; attempt += 1) {
    const condition = await conditionFor(objects, key, attempt === 1 ? known : 'unknown', signal)
    await fence()
    try {
      return await objects.put(key, body, headers, {...condition, signal, beforeVisible: fence})
    } catch (error) {
      if (!(error instanceof BroadsideError) || error.code !== 'objects.precondition' || attempt === tries) throw error
      onRefused?.()
    }
  }
}

async function conditionFor(
  objects: Objects,
  key: string,
  known: KnownObject,
  signal: AbortSignal,
): Promise<Pick<PutOptions, 'ifMatch' | 'ifNoneMatch'>> {
  if (!objects.capabilities.conditionalPut) return {}
  if (known === 'nothing') return {ifNoneMatch: '*'}
  const etag = known === 'unknown' ? (await objects.head(key, {signal}))?.etag : known.etag
  return etag === undefined ? {ifNoneMatch: '*'} : {ifMatch: etag}
}
