import {setTimeout as pause} from 'node:timers/promises'
import {openRequest, requestOutcome, shownAt} from '@broadside/ledger'
import type {Publisher} from './publisher.ts'

const refillMs = 120_000
const lookEveryMs = 100

/**
 * Has intake, which alone has the repository, put the files of a revision into the objects again, and waits for it. What
 * the repository cannot give is told by the release that needs it. Several that ask for the same share one request.
 */
export async function refillFromGit({deps, refills}: Publisher, site: string, revision: number): Promise<void> {
  const key = `${site} ${revision}`
  const underWay = refills.get(key) ?? ask().finally(() => refills.delete(key))
  refills.set(key, underWay)
  return underWay

  async function ask(): Promise<void> {
    const {db} = deps.ledger
    const payload = {site, revision: await shownAt(db, site, revision)}
    const id = await openRequest(db, {service: 'intake', kind: 'refill', payload, now: deps.clock.now()})
    const deadline = performance.now() + refillMs
    while ((await requestOutcome(db, id)).state === 'open' && performance.now() < deadline) await pause(lookEveryMs)
  }
}
