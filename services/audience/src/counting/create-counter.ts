import {createHmac, randomBytes} from 'node:crypto'
import {addMailCounts, editionTimes, type Ledger} from '@broadside/ledger'
import {createLoop, explain, type Clock, type Logger} from '@broadside/runtime'
import {createWindow} from '../create-window.ts'
import {judgeHits, settleMs, type Hit} from './judge-hits.ts'

/** Somebody who does the same again within this time is counted once, ms. */
const repeatMs = 3_600_000
/** More are not kept: whoever sends so many is no reader. */
const mostHits = 50_000

export type Counter = {
  /** Takes down what somebody did, in memory; never throws and never waits. */
  note: (what: Omit<Hit, 'at' | 'visitor'> & {ip: string | undefined; userAgent: string | undefined}) => void
  start: () => void
  /** Counts what is there, and says what is lost where the ledger takes nothing. */
  stop: () => Promise<void>
}

/**
 * Counts opens and clicks: some seconds in memory, until it is known what they were, then sums in the ledger. Who asks
 * is told apart by a hash of network address and program under a key that this process made up and forgets with its end;
 * it is written nowhere. A process that is killed loses some seconds of counts, and so does a ledger that is away for
 * long; no link stops working for that.
 */
export function createCounter({ledger, clock, log}: {ledger: Ledger; clock: Clock; log: Logger}): Counter {
  const key = randomBytes(32)
  const seen = createWindow(repeatMs)
  /** In the order in which they came. Those before `judged` are counted and still say what came with the others. */
  let hits: Hit[] = []
  let judged = 0
  let refused = 0

  async function count(now: number): Promise<void> {
    if (refused > 0) {
      log.warn({event: 'audience.counts.refused', hits: refused}, `${refused} opens and clicks came too fast to count`)
      refused = 0
    }
    const late = hits.findIndex(({at}) => at > now - settleMs)
    const end = late < 0 ? hits.length : late
    const due = hits.slice(judged, end)
    if (due.length > 0) {
      const editions = await editionTimes(ledger.db, [...new Set(due.map(({edition}) => edition))])
      const counts = judgeHits(due, hits, editions)
      await ledger.transaction((tx) => addMailCounts(tx, counts))
      judged = end
    }
    const old = hits.slice(0, judged).findLastIndex(({at}) => at <= now - 2 * settleMs)
    hits = hits.slice(old + 1)
    judged -= old + 1
  }

  const loop = createLoop({name: 'audience.counts', everyMs: 1_000, log, look: () => count(clock.now())})

  return {
    note({ip, userAgent, ...what}) {
      const at = clock.now()
      const text = JSON.stringify([ip, userAgent])
      const visitor = ip === undefined ? undefined : createHmac('sha256', key).update(text).digest('base64url')
      const {edition, kind, url, reader} = what
      // Providers and programs speak for many at once.
      const again = reader === 'person' && visitor !== undefined
      if (again && !seen.allows(JSON.stringify([visitor, edition, kind, url]), 1, at)) return
      if (hits.length < mostHits) hits.push({...what, at, visitor})
      else refused += 1
    },
    start: () => loop.start(),
    async stop() {
      await loop.stop()
      const left = hits.length - judged
      await count(Infinity).catch((error: unknown) => {
        const told = {event: 'audience.counts.lost', hits: left, err: error}
        log.error(told, `${left} opens and clicks are not counted: ${explain(error)}`)
      })
    },
  }
}
