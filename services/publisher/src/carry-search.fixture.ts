import {openLedger} from '@broadside/ledger'
import {createPace, openObjects} from '@broadside/objects'
import {createLogger} from '@broadside/runtime'
import {carrySearch} from './carry-search.ts'
import {defaultOptions, type Publisher, type PublisherDeps, type PublisherOptions} from './publisher.ts'

/** Brings the search index of a site up to date and tidies it, at once unless told otherwise, by a clock that is `aheadMs` ahead. */
export async function carryAtOnce(
  ledgerUrl: string,
  objectsUrl: string,
  site: string,
  {aheadMs = 0, ...others}: Partial<PublisherOptions> & {aheadMs?: number} = {},
): Promise<void> {
  const ledger = await openLedger(ledgerUrl)
  const objects = await openObjects(objectsUrl)
  const clock = {now: () => Date.now() + aheadMs}
  const log = createLogger({service: 'publisher', level: 'error'})
  const options = {...defaultOptions, searchQuietMs: 0, searchGraceMs: 0, ...others}
  const pace = createPace()
  // Of all that a publisher works with, search has these.
  const has: Pick<Publisher, 'options' | 'paceOf'> & {
    deps: Pick<PublisherDeps, 'ledger' | 'objects' | 'clock' | 'log'>
  } = {
    deps: {ledger, objects, clock, log},
    options,
    paceOf: () => pace,
  }
  const publisher = has as Publisher
  for (const _ of ['build', 'tidy']) await carrySearch(publisher, site, new AbortController().signal)
  await objects.close()
  await ledger.close()
}

// As a program it takes the same as arguments, so that it can be killed.
const [ledgerUrl = '', objectsUrl = '', site = ''] = process.argv.slice(2)
if (import.meta.main) await carryAtOnce(ledgerUrl, objectsUrl, site)
