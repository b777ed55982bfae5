import {isDigestFrozen, keepTexts, lastLiveRelease, moveEdition, whyDisarmed, type EditionRow} from '@broadside/ledger'
import {composeDigestMessage} from './compose-digest-message.ts'
import {holdBack} from './hold-back.ts'
import {holdForFindings} from './hold-for-findings.ts'
import {holdUncomposed} from './hold-uncomposed.ts'
import type {Newsletter} from './newsletter.ts'

/**
 * A digest's audience is put together by its round; what is missing then is its message. It is looked over as that of a
 * post is, and goes to as many people without a yes.
 *
 * @returns true when it may be sent now.
 */
export async function closeDigest(newsletter: Newsletter, edition: EditionRow): Promise<boolean> {
  const {ledger, clock} = newsletter.deps
  const {id} = edition
  if (!(await isDigestFrozen(ledger.db, edition))) return false
  const disarmed = await whyDisarmed(ledger.db)
  if (disarmed !== undefined) {
    // What is due in a copy may have left the original: people decide, as they do for its posts.
    await moveEdition(ledger.db, id, ['freezing'], {state: 'held', reason: disarmed})
    return false
  }
  if (await holdBack(newsletter, edition)) return false
  try {
    const message = await composeDigestMessage(ledger.db, edition, newsletter.options, newsletter.deps.tokens)
    if (message === undefined) {
      await moveEdition(ledger.db, id, ['freezing'], {state: 'cancelled', reason: 'its posts have left the site'})
      return false
    }
    if (await holdForFindings(newsletter, edition, message)) return false
    const {body, hash, subject, revision, release, posts} = message
    const now = clock.now()
    await ledger.transaction(async (tx) => {
      // Of a release that came meanwhile nobody may have asked yet what it takes from the site: it is composed again.
      if ((await lastLiveRelease(tx, edition.site))?.number !== release) return
      await keepTexts(tx, [{hash, body}])
      const set = {message_hash: hash, subject, revision, release, posts: JSON.stringify(posts)}
      const times = {frozen_at: now, progress_at: now}
      await moveEdition(tx, id, ['freezing'], {...set, ...times, state: 'sending'})
    })
    return true
  } catch (error) {
    await holdUncomposed(newsletter, edition, error)
    return false
  }
}
