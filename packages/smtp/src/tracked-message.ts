import {Readable} from 'node:stream'

export type TrackedMessage = {
  stream: Readable
  /** How far the message got; `complete` is set before the final dot can be written, never after. */
  readonly progress: 'unread' | 'reading' | 'complete'
}

const chunkBytes = 16 * 1024

/**
 * The bytes of a message as a stream that knows how much of it was asked for. It comes in small pieces, so that a long
 * message is complete only when the connection has taken nearly all of it. `onProgress` is called at each piece and at
 * the end.
 */
export function trackedMessage(raw: Uint8Array, onProgress: () => void): TrackedMessage {
  let sent = 0
  let progress: TrackedMessage['progress'] = 'unread'
  const stream = new Readable({
    highWaterMark: chunkBytes,
    read() {
      const chunk = raw.subarray(sent, sent + chunkBytes)
      sent += chunk.length
      progress = chunk.length === 0 ? 'complete' : 'reading'
      onProgress()
      this.push(chunk.length === 0 ? null : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
    },
  })
  return {
    stream,
    get progress() {
      return progress
    },
  }
}
