import {findSite, pinOf, type RequestHandler} from '@broadside/ledger'
import {rollBack, unpinSite} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'
import {z} from 'zod'
import type {IntakeDeps} from './intake.ts'

const rollbackPayload = z.object({site: z.string(), to: z.number().int().positive()})
const unpinPayload = z.object({site: z.string()})

/** Taking a site back to an older revision, and letting it go on; publisher hears of it by the ledger. */
export function rollbackRequests({
  ledger,
  bus,
  clock,
  log,
}: Pick<IntakeDeps, 'ledger' | 'bus' | 'clock' | 'log'>): Record<string, RequestHandler> {
  return {
    async rollback(payload) {
      const {site, to} = read(rollbackPayload, payload)
      await findSite(ledger.db, site)
      const done = await rollBack({ledger, site, to, now: clock.now(), source: 'intake'})
      bus.nudge()
      const {revision, paused} = done
      log.info({event: 'site.rolled-back', site, revision, to, paused}, `${site} goes back to revision ${to}`)
      return done
    },
    async unpin(payload) {
      const {site} = read(unpinPayload, payload)
      await findSite(ledger.db, site)
      const pin = await pinOf(ledger.db, site)
      const unpinned = await unpinSite(ledger.db, site)
      if (unpinned) log.info({event: 'site.unpinned', site, from: pin?.shows}, `${site} follows its branch again`)
      return {unpinned}
    },
  }
}

function read<Value>(schema: z.ZodType<Value>, payload: unknown): Value {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
}
