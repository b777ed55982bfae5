import {
  deliveryCounts,
  lastLiveRelease,
  moveEdition,
  moveSettledDeliveries,
  resolveEdition,
  type Db,
  type RequestHandler,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {z} from 'zod'
import {answerFor, leadsToPages} from './edition-answer.ts'
import {postGone} from './compose-message.ts'
import type {Newsletter} from './newsletter.ts'

const named = {site: z.string().optional(), edition: z.string().min(1)}
const retrySchema = z.object(named)
const resolveSchema = z.object({...named, as: z.enum(['accepted', 'resend'])})

/** Rows in one transaction: some milliseconds. */
const chunk = 1_000

/**
 * What people decide about deliveries that came to an end. `retry` has those that failed tried again, from the first
 * try; `resolve` says what became of the uncertain ones: they count as accepted, or they are sent again, which may be
 * their second mail. A repeat finds nobody left.
 */
export function settleByHand({deps}: Newsletter, look: () => void): Record<string, RequestHandler> {
  const {ledger, clock, log} = deps
  const {db} = ledger

  async function settle(
    {site, edition: name}: {site?: string | undefined; edition: string},
    move: {from: 'failed' | 'uncertain'; to: 'pending' | 'accepted'},
  ) {
    const edition = await resolveEdition(db, {site, name})
    const {id} = edition
    const again = move.to === 'pending'
    if (!['sending', 'paused', 'complete'].includes(edition.state)) {
      throw new BroadsideError(
        'invalid',
        'edition.state',
        `“${edition.subject}” is ${edition.state}, nobody had a mail`,
      )
    }
    if (again && !(await leadsToPages(db, edition, await lastLiveRelease(db, edition.site)))) throw postGone(edition)
    const people = (await deliveryCounts(db, id))[move.from]
    if (people > 0) {
      const reply = `${again ? 'sent again' : 'taken as accepted'}, as was decided ${new Date(clock.now()).toISOString()}`
      const rows = {...move, reply, limit: chunk, now: clock.now()}
      const moveChunk = (tx: Db) => moveSettledDeliveries(tx, id, rows)
      // Together: rows that wait in an edition that is complete would be nobody's, and one in which none waits is completed.
      const reopenChunk = async (tx: Db) => {
        const moved = await moveChunk(tx)
        const sending = {state: 'sending', completed_at: null, progress_at: 0} as const
        if (moved > 0) await moveEdition(tx, id, ['complete'], sending)
        return moved
      }
      while ((await ledger.transaction(again ? reopenChunk : moveChunk)) > 0);
      await moveEdition(db, id, ['sending'], {progress_at: 0})
      log.info({event: 'edition.settled-by-hand', site: edition.site, edition: id, ...move, people}, edition.subject)
      look()
    }
    return {...(await answerFor(db, id)), people}
  }

  return {
    retry: (payload) => settle(retrySchema.parse(payload), {from: 'failed', to: 'pending'}),
    resolve(payload) {
      const {as, ...edition} = resolveSchema.parse(payload)
      return settle(edition, {from: 'uncertain', to: as === 'accepted' ? 'accepted' : 'pending'})
    },
  }
}
