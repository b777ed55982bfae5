import {once} from 'node:events'
import {request, type IncomingMessage, type RequestOptions} from 'node:http'

export type PassedRequest = {call: Pick<RequestOptions, 'method' | 'path' | 'headers'>; body?: Buffer}

/** Passes a put on; undefined where its condition does not hold. */
export type PutOnCondition = (put: PassedRequest) => Promise<IncomingMessage | undefined>

/**
 * Keeps `If-Match` and `If-None-Match` of puts for an S3 server that ignores them, as Amazon keeps them: one write to a key
 * after the other, each against what is there then.
 */
export function putOnCondition(targetPort: number): PutOnCondition {
  const last = new Map<string, Promise<unknown>>()

  async function holds({path, headers}: PassedRequest['call']): Promise<boolean> {
    const {'if-match': match, 'if-none-match': noneMatch, host} = headers as Record<string, string | undefined>
    if (match === undefined && noneMatch === undefined) return true
    const there = await passOn(targetPort, {call: {method: 'HEAD', path: path?.replace(/[?].*/, ''), headers: {host}}})
    await once(there.resume(), 'end')
    const etag = there.statusCode === 200 ? there.headers.etag : undefined
    return match === undefined ? etag === undefined : etag === match
  }

  return (put) => {
    const key = put.call.path ?? ''
    const turn = (last.get(key) ?? Promise.resolve()).then(async () =>
      (await holds(put.call)) ? passOn(targetPort, put) : undefined,
    )
    last.set(
      key,
      turn.catch(() => {}),
    )
    return turn
  }
}

/** Sends a request to the server behind, and gives its answer. */
export async function passOn(port: number, {call, body}: PassedRequest): Promise<IncomingMessage> {
  const further = request({port, ...call})
  further.end(body)
  const [answer] = (await once(further, 'response')) as [IncomingMessage]
  return answer
}
