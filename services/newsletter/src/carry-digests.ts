import {
  dueDigests,
  editionsOfDigest,
  freezeDigestChunk,
  isActive,
  isPublic,
  lastLiveRelease,
  openDigest,
  openDigests,
  type DigestRow,
} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import {carryEdition} from './carry-edition.ts'
import type {Newsletter} from './newsletter.ts'

/**
 * Opens the rounds of digests that are due, and carries on those that are open: puts together what each reader gets,
 * then lets the editions go. Any number may call at once, any time.
 */
export async function carryDigests(newsletter: Newsletter): Promise<void> {
  const {ledger, clock, log} = newsletter.deps
  for (const timer of await dueDigests(ledger.db, clock.now())) {
    if (!(await isActive(ledger.db, timer.site)) || !(await isPublic(ledger.db, timer.site))) continue
    await ledger.transaction((tx) => openDigest(tx, timer, clock.now()))
  }
  for (const round of await openDigests(ledger.db)) {
    const {site} = round
    await carryDigest(newsletter, round).catch((error: unknown) =>
      // One site that has trouble does not keep the readers of others waiting.
      log.error({event: 'digest.failed', site, err: error}, `a digest of ${site} cannot be made: ${explain(error)}`),
    )
  }
}

async function carryDigest(newsletter: Newsletter, round: DigestRow): Promise<void> {
  const {ledger, clock, log} = newsletter.deps
  const {site, cadence, timezone, due} = round
  const live = await lastLiveRelease(ledger.db, site)
  if (live === undefined) return
  let frozen = false
  while (!frozen) {
    frozen = await ledger.transaction((tx) => freezeDigestChunk(tx, round, {live, now: clock.now()}))
  }
  const editions = await editionsOfDigest(ledger.db, round)
  const readers = editions.reduce((sum, {audience}) => sum + (audience ?? 0), 0)
  log.info(
    {event: 'digest.frozen', site, cadence, timezone, due, editions: editions.length, readers},
    `the ${cadence} digest of ${site} in ${timezone} goes to ${readers} ${readers === 1 ? 'person' : 'people'}`,
  )
  for (const {id} of editions) await carryEdition(newsletter, id)
}
