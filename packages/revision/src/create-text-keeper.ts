import {keepTexts, type Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'

/** Texts on their way to the ledger. */
export type TextKeeper = {
  has: (hash: string) => boolean
  /** Keeps a text in UTF-8 under its hash, now or with those that follow; a repeat does nothing. */
  keep: (hash: string, bytes: Uint8Array) => Promise<void>
  /** All that were given lie in the ledger. */
  flush: () => Promise<void>
}

/** Bytes of the texts that are written to the ledger at once. */
const maxPending = 4_000_000

/** Keeps a byte order mark: the text that is kept has the hash of the file. */
const utf8 = new TextDecoder('utf-8', {ignoreBOM: true})

/**
 * Gathers texts and writes them together. They lie in one buffer that is used again and again: as strings they would
 * grow old in the heap and leave holes between what stays, and as buffers of their own wait there for a collection.
 */
export function createTextKeeper(db: Db): TextKeeper {
  const kept = new Set<string>()
  let buffer: Buffer | undefined
  let used = 0
  let waiting: {hash: string; start: number; end: number}[] = []
  // What is in the buffer must not be written over before it is in the ledger.
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.then(work))

  async function add(hash: string, bytes: Uint8Array): Promise<void> {
    if (used + bytes.length > maxPending) await write()
    if (bytes.length > maxPending) return keepTexts(db, [{hash, body: utf8.decode(bytes)}])
    buffer ??= Buffer.allocUnsafeSlow(maxPending)
    buffer.set(bytes, used)
    waiting.push({hash, start: used, end: used + bytes.length})
    used += bytes.length
  }

  async function write(): Promise<void> {
    const texts = waiting
    const from = buffer
    waiting = []
    used = 0
    if (from === undefined || texts.length === 0) return
    await db.transaction().execute(async (transaction) => {
      for (const some of inChunks(texts)) {
        const rows = some.map(({hash, start, end}) => ({hash, body: utf8.decode(from.subarray(start, end))}))
        await keepTexts(transaction, rows)
      }
    })
  }

  return {
    has: (hash) => kept.has(hash),
    async keep(hash, bytes) {
      if (kept.has(hash)) return
      kept.add(hash)
      await inTurn(() => add(hash, bytes))
    },
    flush: () => inTurn(write),
  }
}
