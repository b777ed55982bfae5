import {noteRefusedHook, type Ledger} from '@broadside/ledger'
import type {Logger} from '@broadside/runtime'

/** Whoever sends many is written down once in this time. */
const everyMs = 60_000

/**
 * Notes when a webhook of a site was refused for its signature, for `broadside doctor`. Whoever sent it does not wait
 * for it, and a ledger that cannot take it is no matter.
 */
export function createRefusalKeeper(ledger: Ledger, log: Logger): (site: string, now: number) => void {
  const noted = new Map<string, number>()
  return (site, now) => {
    if (now - (noted.get(site) ?? -Infinity) < everyMs) return
    noted.set(site, now)
    ledger
      .transaction((db) => noteRefusedHook(db, site, now))
      .catch((error: unknown) =>
        log.warn({event: 'hook.refusal.lost', site, err: error}, 'a refused hook is not noted'),
      )
  }
}
