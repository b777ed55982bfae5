import {
  dueDigests,
  dueLastDigests,
  editionsOfDigest,
  freezeDigestChunk,
  isActive,
  isPublic,
  lastLiveRelease,
  openDigest,
  openDigests,
  openLastDigest,
  type DigestRow,
  type TimersTable,
} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import {carryEdition} from './carry-edition.ts'
import type {Newsletter} from './newsletter.ts'

/**
 * Opens the rounds of digests that are due, and carries on those that are open: puts together what each reader gets,
 * then lets the editions go. Who reads digests no more gets what waited for them. Any number may call at once, any time.
 */
export async function carryDigests(newsletter: Newsletter): Promise<void> {
  const {ledger, clock, log} = newsletter.deps
  const {db} = ledger
  const mails = async (site: string) => (await isActive(db, site)) && (await isPublic(db, site))
  // One site that has trouble does not keep the readers of others waiting.
  const tell = (site: string) => (error: unknown) =>
    log.error({event: 'digest.failed', site, err: error}, `a digest of ${site} cannot be made: ${explain(error)}`)
  for (const timer of await dueDigests(db, clock.now())) {
    if (await mails(timer.site)) await ledger.transaction((tx) => openDigest(tx, timer, clock.now()))
  }
  for (const timer of await dueLastDigests(db, clock.now())) {
    if (await mails(timer.site)) await carryLastDigest(newsletter, timer).catch(tell(timer.site))
  }
  for (const round of await openDigests(db)) await carryDigest(newsletter, round).catch(tell(round.site))
}

async function carryLastDigest(newsletter: Newsletter, timer: TimersTable): Promise<void> {
  const {ledger, clock} = newsletter.deps
  const live = await lastLiveRelease(ledger.db, timer.site)
  if (live === undefined) return
  const edition = await ledger.transaction((tx) => openLastDigest(tx, timer, {live, now: clock.now()}))
  if (edition !== undefined) await carryEdition(newsletter, edition)
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
