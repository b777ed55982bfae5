import type {Ledger} from '@broadside/ledger'
import {lastLiveRelease, releaseUnderWay} from '@broadside/ledger'

export type FirstRelease = {ledger: Ledger; site: string; signal: AbortSignal; say: (line: string) => void}

const lookMs = 100
const sayEveryMs = 2_000

/** Waits until the site has been published once, and tells how far it is. False when `signal` came first. */
export async function awaitFirstRelease({ledger, site, signal, say}: FirstRelease): Promise<boolean> {
  let saidAt = Date.now()
  while (!signal.aborted) {
    if ((await lastLiveRelease(ledger.db, site)) !== undefined) return true
    if (Date.now() - saidAt >= sayEveryMs) {
      saidAt = Date.now()
      say(await progress(ledger, site))
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
  return false
}

async function progress({db}: Ledger, site: string): Promise<string> {
  const release = await releaseUnderWay(db, site)
  if (release?.trouble != null) return `waiting: ${release.trouble}`
  if (release !== undefined && release.planned > 0) {
    return `uploading: ${release.uploaded + release.unchanged} of ${release.planned} files`
  }
  const renders = await db
    .selectFrom('renders')
    .select((e) => ['state', e.fn.countAll<number>().as('count')])
    .where('site', '=', site)
    .groupBy('state')
    .execute()
  const waiting = Number(renders.find(({state}) => state === 'pending')?.count ?? 0)
  const all = renders.reduce((sum, {count}) => sum + Number(count), 0)
  return all === 0 ? 'reading the repository' : `rendering: ${all - waiting} of ${all} documents`
}
