import {
  eraseSubscriber,
  findSite,
  findSubscriberByAddress,
  recordByAddress,
  tellProgress,
  type RequestHandler,
  type SubscriberRow,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {z} from 'zod'
import type {AudienceDeps} from './audience.ts'
import {importSubscribers} from './import-subscribers.ts'
import {cleanName, newId} from './sign-up.ts'

const addPayload = z.object({site: z.string(), address: z.string(), name: z.string().optional()})
const addressPayload = z.object({site: z.string(), address: z.string()})
const importPayload = z.object({site: z.string(), path: z.string(), yes: z.boolean().default(false)})

/** What operators ask about subscribers. A repeat finds it done. */
export function subscriberRequests({ledger, tokens, clock, log}: AudienceDeps): Record<string, RequestHandler> {
  return {
    /** The operator vouches that the person wants the mail. */
    async 'subscribers.add'(payload) {
      const {site, address, name} = read(addPayload, payload)
      await findSite(ledger.db, site)
      const told = {event: 'vouched', cause: 'operator', now: clock.now()} as const
      const parsed = parseAddress(address)
      const person = {address: parsed, traces: tokens.traces(site, parsed), name: cleanName(name), newId: newId()}
      const change = await ledger.transaction((tx) => recordByAddress(tx, site, {...person, ...told}))
      if (change?.after !== 'active') {
        throw new BroadsideError('invalid', 'subscriber.left', `this person is ${change?.after ?? 'unknown'}`, {
          hint: 'Only they can take that back, by signing up on the site',
        })
      }
      const added = change.before !== 'active'
      if (added) log.info({event: 'audience.added', site, subscriber: change.id}, 'a subscriber was added')
      return {id: change.id, state: change.after, added}
    },

    /** Forgets the address, and keeps a keyed hash by which an import is kept from bringing it back. */
    async 'subscribers.erase'(payload) {
      const {site, address} = read(addressPayload, payload)
      const {id} = await find(site, address)
      const traceOf = (known: {key: string}) => tokens.traces(site, known)[0]!
      const told = {id, cause: 'operator', now: clock.now(), traceOf}
      const change = (await ledger.transaction((tx) => eraseSubscriber(tx, site, told)))!
      const erased = change.before !== change.after
      if (erased) log.info({event: 'audience.erased', site, subscriber: id}, 'a subscriber was erased')
      return {id, state: change.after, erased}
    },

    /** Whose address this is or was, also of who was erased: that takes our keys. */
    async 'subscribers.find'(payload) {
      const {site, address} = read(addressPayload, payload)
      const {id, state} = await find(site, address)
      return {id, state}
    },

    /** `path` is read by this service; without `yes` nothing is kept. */
    async 'subscribers.import'(payload, {id}) {
      const {site, path, yes} = read(importPayload, payload)
      await findSite(ledger.db, site)
      const report = await importSubscribers({ledger, tokens, clock}, {site, path, yes}, (progress) =>
        tellProgress(ledger.db, id, progress),
      )
      const {rows, refused, unchanged, dryRun} = report
      log.info({event: 'audience.imported', site, rows, refused, unchanged, dryRun}, `read ${rows} rows of subscribers`)
      return report
    },
  }

  async function find(site: string, given: string): Promise<SubscriberRow> {
    await findSite(ledger.db, site)
    const address = parseAddress(given)
    const known = await findSubscriberByAddress(ledger.db, site, address, tokens.traces(site, address))
    if (known !== undefined) return known
    throw new BroadsideError('invalid', 'subscriber.unknown', `nobody with this address is known to ${site}`)
  }
}

function read<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
}
