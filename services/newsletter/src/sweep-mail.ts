import {
  editionsToCarry,
  editionsToGo,
  endLeases,
  endLetterLeases,
  lettersDue,
  moveEdition,
  raiseLetter,
  whyDisarmed,
} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import {carryDigests} from './carry-digests.ts'
import {carryEdition} from './carry-edition.ts'
import type {Newsletter} from './newsletter.ts'
import {settleReported} from './reports/settle-reported.ts'

/** How long a letter's job has, ms, before the letter is put into the queue again. */
const letterPatienceMs = 2_000
const lettersAtOnce = 200

/**
 * Finds what no message tells of: rows whose worker died, letters and editions whose jobs were lost, deliveries whose
 * time has come. `patient` gives those under way the time that they may take; right after a start there is nobody to
 * wait for.
 */
export async function sweepMail(newsletter: Newsletter, {patient}: {patient: boolean}): Promise<boolean> {
  const {deps, options} = newsletter
  const {ledger, clock, log} = deps
  const {db} = ledger
  const ended = await ledger.transaction((tx) => endLeases(tx, clock.now()))
  for (const {edition, uncertain} of ended) {
    log.warn({event: 'delivery.lease.ended', edition, uncertain}, `a sender is gone; ${uncertain} mails are uncertain`)
  }
  const uncertain = await endLetterLeases(db, clock.now())
  if (uncertain > 0) log.warn({event: 'letter.lease.ended', uncertain}, `${uncertain} letters are uncertain`)
  await settleReported(deps)
  await carryDigests(newsletter)
  if ((await whyDisarmed(db)) !== undefined) return false
  for (const {id} of await editionsToGo(db, clock.now())) {
    await moveEdition(db, id, ['held'], {state: 'freezing', reason: null, go_at: null, progress_at: 0})
  }
  const stale = await editionsToCarry(db, patient ? clock.now() - options.takeOverMs : clock.now())
  for (const id of new Set([...ended.map(({edition}) => edition), ...stale.map((row) => row.id)])) {
    await carryEdition(newsletter, id).catch((error: unknown) =>
      // One that cannot be carried on does not stop the others.
      log.error(
        {event: 'edition.failed', edition: id, err: error},
        `an edition cannot be carried on: ${explain(error)}`,
      ),
    )
  }
  await putBackLetters(newsletter, patient ? letterPatienceMs : 0)
  return ended.length >= 1_000
}

async function putBackLetters({deps}: Newsletter, patienceMs: number): Promise<void> {
  const {ledger, clock, queue, log} = deps
  const now = clock.now()
  for (const letter of await lettersDue(ledger.db, now - patienceMs, lettersAtOnce)) {
    if (!(await raiseLetter(ledger.db, letter, now))) continue
    const {site, id, attempt} = letter
    await queue
      .add('letter.submit', {site, letter: id}, {attempt: attempt + 1})
      .catch((error: unknown) =>
        log.warn({event: 'letter.waiting', site, letter: id, err: error}, 'the queue takes no letters now'),
      )
  }
}
