import {approveHolds, findSite, openHolds, type Ledger, type RequestHandler} from '@broadside/ledger'
import {BroadsideError, type Clock, type Logger} from '@broadside/runtime'
import {z} from 'zod'

const schema = z.object({site: z.string(), revision: z.number().int()})

/** What `approve` answers. */
export type ApproveAnswer = {site: string; approved: number[]}

/**
 * `approve` lets held revisions go, up to the one that was shown to whoever says yes; `look` then opens the release.
 * A repeat finds it done.
 */
export function holdRequests(
  {ledger, clock, log}: {ledger: Ledger; clock: Clock; log: Logger},
  look: () => void,
): Record<string, RequestHandler> {
  return {
    async approve(payload): Promise<ApproveAnswer> {
      const parsed = schema.safeParse(payload)
      if (!parsed.success) {
        throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
      }
      const {site, revision} = parsed.data
      await findSite(ledger.db, site)
      const approved = await approveHolds(ledger.db, site, revision, clock.now())
      const waiting = await openHolds(ledger.db, site)
      log.info({event: 'revision.approved', site, revision, approved, waiting: waiting.length}, `${site} goes on`)
      look()
      return {site, approved}
    },
  }
}
