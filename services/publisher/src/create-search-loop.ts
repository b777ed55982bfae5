import {listSites} from '@broadside/ledger'
import {BroadsideError, createLoop, type Service} from '@broadside/runtime'
import {carrySearch} from './carry-search.ts'
import type {Publisher} from './publisher.ts'

/** Looks after the search indexes of all sites, one after the other, beside the releases. */
export function createSearchLoop(publisher: Publisher): Service {
  const {ledger, log} = publisher.deps
  let stopping = new AbortController()
  const loop = createLoop({
    name: 'publisher.search',
    everyMs: publisher.options.searchLookMs,
    log,
    async look() {
      for (const {name} of await listSites(ledger.db)) {
        if (stopping.signal.aborted) return
        await carrySearch(publisher, name, stopping.signal).catch((error: unknown) => {
          if (!(error instanceof BroadsideError) || error.code !== 'search-index.fenced') throw error
        })
      }
    },
  })
  return {
    name: 'publisher.search',
    async start() {
      stopping = new AbortController()
      loop.start()
    },
    async stop() {
      stopping.abort()
      await loop.stop()
    },
  }
}
