import {randomUUID} from 'node:crypto'
import {statusOf} from './s3-error.ts'

/** How the keys of probes start. */
export const probeStart = '.broadside-probe/'

/** How a server wants the ETag of an If-Match: as it gave it, in quotes, or bare, against RFC 9110 §8.8.3. */
export type EtagForm = 'quoted' | 'bare'

export type ProbeCalls = {
  put(key: string, condition: {IfMatch?: string; IfNoneMatch?: string}): Promise<{etag: string}>
  remove(key: string): Promise<void>
}

/**
 * Tries out whether a server honours conditions on puts: one that must fail for If-Match, one for If-None-Match, and
 * one that must work. Undefined when it ignores or refuses any of them. Uses a key of its own and removes it; other
 * errors than the answers to conditions are thrown on.
 */
export async function probeConditions({put, remove}: ProbeCalls): Promise<EtagForm | undefined> {
  const key = `${probeStart}${randomUUID()}`
  const answerTo = async (condition: {IfMatch?: string; IfNoneMatch?: string}) => {
    try {
      await put(key, condition)
      return 200
    } catch (error) {
      const status = statusOf(error)
      if (status === 412 || status === 400 || status === 501) return status
      throw error
    }
  }
  try {
    const {etag} = await put(key, {})
    if ((await answerTo({IfMatch: '"00000000000000000000000000000000"'})) !== 412) return undefined
    if ((await answerTo({IfNoneMatch: '*'})) !== 412) return undefined
    if ((await answerTo({IfMatch: `"${etag}"`})) === 200) return 'quoted'
    return (await answerTo({IfMatch: etag})) === 200 ? 'bare' : undefined
  } finally {
    await remove(key)
  }
}
