import type {Clock} from '@broadside/runtime'
import {until} from '@broadside/testkit'
import {afterEach, expect, test} from 'vitest'
import {gitHubPush, openBed, type Bed} from './start-intake.ts'

let bed: Bed
afterEach(() => bed.remove())

/** Nothing looks at timers within the hour but the alarm that was set for them. */
const sweepMs = 3_600_000

async function startWith(clock: Clock): Promise<void> {
  bed = await openBed({clock, sweepMs})
  await bed.start()
  await bed.accepted(await bed.repo.git('rev-parse', 'HEAD'))
}

/** Pushes a post that is to be published at `at`, and waits until its timer stands in the ledger. */
async function schedule(at: number): Promise<void> {
  const date = new Date(at).toISOString()
  await bed.repo.write({'posts/later.md': `---\ntitle: Later\ndate: ${date}\n---\n\nText.\n`})
  const commit = await bed.repo.commit('later')
  await bed.repo.push()
  await fetch(`${bed.hooksUrl()}/hooks/notes`, gitHubPush(commit))
  await bed.accepted(commit)
  const timers = bed.ledger.db.selectFrom('timers').select('due').where('owner', '=', 'intake')
  expect(await timers.execute()).toEqual([{due: at}])
}

const byTheClock = () =>
  until('the clock has made a revision', async () => {
    const made = bed.ledger.db.selectFrom('revisions').select(['number', 'as_of']).where('cause', '=', 'clock')
    const rows = await made.execute()
    return rows.length > 0 ? rows : undefined
  })

test('the alarm is set for the moment of a post itself, and the revision is of that millisecond', async () => {
  const listeners = new Set<() => void>()
  let now = Date.parse('2026-11-20T12:00:00Z')
  const moveTo = (instant: number) => {
    now = instant
    for (const listener of listeners) listener()
  }
  await startWith({
    now: () => now,
    onJump(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  })
  const at = now + 3 * 86_400_000 + 1
  await schedule(at)
  moveTo(at - 1)
  expect(await bed.revisions()).toHaveLength(2)
  moveTo(at)
  expect(await byTheClock()).toEqual([{number: 3, as_of: at}])
})
