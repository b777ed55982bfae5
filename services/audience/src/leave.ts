import {isBackSince, recordById} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import type {AudienceDeps} from './audience.ts'
import type {Leaving} from './create-spool.ts'

/**
 * Somebody leaves, now or as soon as the ledger takes it: when it cannot be written the request is kept on disk, and
 * applied by `applyLeavings`. It throws when neither can be had.
 */
export async function leave(deps: AudienceDeps, leaving: Leaving): Promise<void> {
  const {spool, log} = deps
  const {site, subscriber} = leaving
  try {
    await record(deps, leaving)
  } catch (error) {
    await spool.keep(leaving)
    const told = {event: 'audience.leaving.kept', site, subscriber, err: error}
    log.error(told, `somebody left while the ledger cannot be written; it is kept: ${explain(error)}`)
  }
}

/** Applies what was kept while the ledger could not be written, unless they themselves came back since. */
export async function applyLeavings(deps: AudienceDeps): Promise<void> {
  await deps.spool.drain((leaving) => record(deps, leaving))
}

async function record({ledger, log}: AudienceDeps, {site, subscriber, cause, at}: Leaving): Promise<void> {
  const told = {id: subscriber, event: 'unsubscribed', cause, now: at} as const
  const change = await ledger.transaction(async (tx) =>
    (await isBackSince(tx, site, {subscriber, at})) ? undefined : recordById(tx, site, told),
  )
  if (change !== undefined && change.before !== change.after) {
    log.info({event: 'audience.unsubscribed', site, subscriber}, 'somebody left')
  }
}
