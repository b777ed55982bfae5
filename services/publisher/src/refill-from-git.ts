import {setTimeout as pause} from 'node:timers/promises'
import {askOnce, isAsked, requestOutcome, shownAt} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Publisher} from './publisher.ts'

const refillMs = 120_000
const lookEveryMs = 100
/** What the repository could not give is not asked for again at once. */
const askAgainMs = 30_000

/**
 * Has intake, which alone has the repository, put the files of a revision into the objects again, and waits for it. What
 * the repository cannot give is told by the release that needs it. Several that ask for the same share one request.
 */
export async function refillFromGit({deps}: Publisher, site: string, revision: number): Promise<void> {
  const {ledger, clock} = deps
  const now = clock.now()
  const {id} = await askOnce(ledger, {...(await refillOf(deps, site, revision)), now, since: now})
  const deadline = performance.now() + refillMs
  while ((await requestOutcome(ledger.db, id)).state === 'open' && performance.now() < deadline) {
    await pause(lookEveryMs)
  }
}

/**
 * Does a release's work that needs files of its revision. Where one is missing intake is asked for it, and the work is
 * over for now: whoever does it has others to serve, of other sites as well, for as long as intake takes.
 *
 * @throws BroadsideError `release.binary-awaited` (throttled) while intake is asked; what `work` throws, among it
 * `release.binary-missing` (invalid) when intake has answered since and the file is missing still.
 */
export async function unlessRefilling(
  {deps}: Publisher,
  {site, revision}: {site: string; revision: number},
  work: () => Promise<void>,
): Promise<void> {
  const {ledger, clock} = deps
  const refill = await refillOf(deps, site, revision)
  if (await isAsked(ledger.db, refill)) throw awaited(site)
  const began = clock.now()
  try {
    await work()
  } catch (error) {
    if (!(error instanceof BroadsideError) || error.code !== 'release.binary-missing') throw error
    const {settledAt} = await askOnce(ledger, {...refill, now: clock.now(), since: began - askAgainMs})
    throw settledAt === null || settledAt >= began ? awaited(site) : error
  }
}

async function refillOf({ledger}: Publisher['deps'], site: string, revision: number) {
  const payload = {site, revision: await shownAt(ledger.db, site, revision)}
  return {service: 'intake', kind: 'refill', payload}
}

function awaited(site: string): BroadsideError {
  return new BroadsideError(
    'throttled',
    'release.binary-awaited',
    `the objects lack files of ${site}, and intake is asked to put them there again`,
    {hint: 'It goes on by itself; if it stays so, look whether intake runs', retryAfterMs: 500},
  )
}
