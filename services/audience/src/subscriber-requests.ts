import {findSite, findSubscriberByAddress, recordByAddress, recordById, type RequestHandler} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {z} from 'zod'
import type {AudienceDeps} from './audience.ts'
import {importSubscribers} from './import-subscribers.ts'
import {cleanName, newId} from './sign-up.ts'

const addPayload = z.object({site: z.string(), address: z.string(), name: z.string().optional()})
const removePayload = z.object({site: z.string(), address: z.string()})
const importPayload = z.object({site: z.string(), path: z.string(), yes: z.boolean().default(false)})

/** What operators ask about subscribers. A repeat finds it done. */
export function subscriberRequests({ledger, clock, log}: AudienceDeps): Record<string, RequestHandler> {
  return {
    /** The operator vouches that the person wants the mail. */
    async 'subscribers.add'(payload) {
      const {site, address, name} = read(addPayload, payload)
      await findSite(ledger.db, site)
      const told = {event: 'vouched', cause: 'operator', now: clock.now()} as const
      const change = await ledger.transaction((tx) =>
        recordByAddress(tx, site, {address: parseAddress(address), name: cleanName(name), newId: newId(), ...told}),
      )
      if (change?.after !== 'active') {
        throw new BroadsideError('invalid', 'subscriber.left', `this person is ${change?.after ?? 'unknown'}`, {
          hint: 'Only they can take that back, by signing up on the site',
        })
      }
      const added = change.before !== 'active'
      if (added) log.info({event: 'audience.added', site, subscriber: change.id}, 'a subscriber was added')
      return {id: change.id, state: change.after, added}
    },

    /** Forgets the address, and keeps a hash by which an import is kept from bringing it back. */
    async 'subscribers.remove'(payload) {
      const {site, address} = read(removePayload, payload)
      await findSite(ledger.db, site)
      const change = await ledger.transaction(async (tx) => {
        const known = await findSubscriberByAddress(tx, site, parseAddress(address))
        if (known === undefined) return undefined
        return recordById(tx, site, {id: known.id, event: 'removed', cause: 'operator', now: clock.now()})
      })
      if (change === undefined) {
        throw new BroadsideError('invalid', 'subscriber.unknown', `nobody with this address is known to ${site}`)
      }
      const removed = change.before !== change.after
      if (removed) log.info({event: 'audience.removed', site, subscriber: change.id}, 'a subscriber was removed')
      return {id: change.id, state: change.after, removed}
    },

    /** `path` is read by this service; without `yes` nothing is kept. */
    async 'subscribers.import'(payload) {
      const {site, path, yes} = read(importPayload, payload)
      await findSite(ledger.db, site)
      const report = await importSubscribers({ledger, clock}, {site, path, yes})
      const {rows, refused, unchanged, dryRun} = report
      log.info({event: 'audience.imported', site, rows, refused, unchanged, dryRun}, `read ${rows} rows of subscribers`)
      return report
    },
  }
}

function read<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
}
