import {listSites} from '@broadside/ledger'
import {BroadsideError, createLoop, explain, kindOf, type Service} from '@broadside/runtime'
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
      for (const {name, state} of await listSites(ledger.db)) {
        if (stopping.signal.aborted) return
        if (state === 'active') await lookAfter(name)
      }
    },
  })
  /** A site whose index cannot be put, or whose theme cannot be read, keeps no other from its own. */
  async function lookAfter(site: string): Promise<void> {
    try {
      await carrySearch(publisher, site, stopping.signal)
    } catch (error) {
      if (error instanceof BroadsideError && error.code === 'search-index.fenced') return
      const level = kindOf(error) === 'bug' ? 'error' : 'warn'
      log[level]({event: 'search.failed', site, err: error}, `the search index of ${site}: ${explain(error)}`)
    }
  }

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
