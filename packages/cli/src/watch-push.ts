import {setTimeout as pause} from 'node:timers/promises'
import {pushProgress, type Db, type EffectRow, type PushProgress, type RevisionsTable} from '@broadside/ledger'
import type {Cli} from './cli.ts'
import {formatSteps} from './format-push.ts'
import {createProgress} from './progress.ts'

const lookEveryMs = 200
/** What follows of what happened last, an edition or a ping, is there before this is over. */
const quietMs = 2_000
/** A release that fails may heal by itself meanwhile. */
const failedMs = 15_000
/** What is to be tried again later than this is not waited for. */
const patientMs = 60_000

/**
 * Tells each step of pushes as it is taken, and ends when nothing follows by itself any more: live, mailed or waiting
 * for a person's yes, with everybody outside told or refusing; or failed. Between the steps a terminal counts what is
 * done: documents, files, images. Gives how far they got.
 */
export async function watchPushes(cli: Cli, db: Db, revisions: RevisionsTable[]): Promise<PushProgress[]> {
  const told = new Set<string>()
  const progress = createProgress(cli)
  let since = performance.now()
  for (;;) {
    const pushes = await Promise.all(revisions.map((revision) => lookAt(db, revision)))
    for (const push of pushes) {
      for (const line of formatSteps(push, cli.paint)) {
        if (told.has(line)) continue
        told.add(line)
        since = performance.now()
        progress.clear()
        await cli.write(`${line}\n`)
      }
    }
    const underWay = pushes.flatMap(({stage, why}) =>
      (stage === 'accepted' || stage === 'rendered') && why !== undefined ? [why] : [],
    )
    progress.tell(underWay.join('; '))
    const quiet = performance.now() - since
    if (pushes.every((push) => quiet >= waitFor(push, cli.clock.now()))) {
      progress.clear()
      return pushes
    }
    await pause(lookEveryMs)
  }
}

async function lookAt(db: Db, {site, number}: RevisionsTable): Promise<PushProgress> {
  const row = await db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', site)
    .where('number', '=', number)
    .executeTakeFirstOrThrow()
  return pushProgress(db, row)
}

/** For how long nothing may happen before this push counts as settled, ms. */
function waitFor({stage, editions, effects}: PushProgress, now: number): number {
  if (stage === 'failed') return failedMs
  if (stage !== 'live' && stage !== 'mailed') return Number.POSITIVE_INFINITY
  const isUnderWay = ({state, due}: EffectRow) => state === 'claimed' || (state === 'pending' && due - now < patientMs)
  const mailsGo = editions.some(({state}) => state === 'freezing' || state === 'sending')
  return mailsGo || effects.some(isUnderWay) ? Number.POSITIVE_INFINITY : quietMs
}
