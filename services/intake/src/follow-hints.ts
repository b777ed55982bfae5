import {newestOfBranch, type Ledger} from '@broadside/ledger'
import {backoffMs, type Clock, type Logger} from '@broadside/runtime'
import {closeHints, hintedSites, openHintsOf, type OpenHint} from './hints.ts'
import type {Intake} from './intake.ts'

export type HintFollowerDeps = {ledger: Ledger; intake: Pick<Intake, 'advance' | 'knows'>; clock: Clock; log: Logger}

export type HintFollower = {
  /**
   * Looks at a site and closes the hints that led to it. A call that finds another waiting joins it. Never rejects; what
   * failed is found by `sweep`.
   */
  follow: (site: string) => Promise<void>
  /** Starts to follow the hints older than `ageMs` that nobody has followed, save where it failed a moment ago. */
  sweep: (ageMs: number) => Promise<void>
  /** Waits for what is under way. */
  settle: () => Promise<void>
}

/** How long a commit that a hint tells of is asked for, where the remote does not have it. */
const patienceMs = 60_000

/**
 * Follows hints: a fetch per site at a time, and one more for all that came meanwhile. A hint is closed after the look
 * that it asked for, so that one that was taken by a process that died is found again. One whose commit is the newest
 * revision already needs no look.
 */
export function createHintFollower({ledger, intake, clock, log}: HintFollowerDeps): HintFollower {
  const failures = new Map<string, {count: number; notBefore: number}>()
  const running = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()

  async function look(site: string): Promise<void> {
    try {
      const open = await openHintsOf(ledger, site)
      const newest = await newestOfBranch(ledger.db, site)
      const startedAt = clock.now()
      const early: OpenHint[] = []
      if (open.some(({commit}) => commit === null || commit !== newest?.commit_id)) {
        await intake.advance(site)
        for (const hint of open) if (await isEarly(site, hint)) early.push(hint)
      }
      await closeHints(
        ledger,
        open.filter((hint) => !early.includes(hint)),
        startedAt,
      )
      if (early.length === 0) failures.delete(site)
      else wait(site)
    } catch (error) {
      const {count, waitMs} = wait(site)
      const message = error instanceof Error ? error.message : String(error)
      log.warn({event: 'intake.failed', site, err: error, failures: count, waitMs}, `${site}: ${message}`)
    }
  }

  /** A forge of many machines may tell of a commit that the one we ask does not have yet. */
  async function isEarly(site: string, {commit, receivedAt}: OpenHint): Promise<boolean> {
    if (commit === null || clock.now() - receivedAt > patienceMs) return false
    return !(await intake.knows(site, commit))
  }

  function wait(site: string): {count: number; waitMs: number} {
    const count = (failures.get(site)?.count ?? 0) + 1
    const waitMs = backoffMs(count, {baseMs: 1_000, maxMs: 60_000})
    failures.set(site, {count, notBefore: clock.now() + waitMs})
    return {count, waitMs}
  }

  function run(site: string): Promise<void> {
    const current: Promise<void> = look(site).finally(() => {
      if (running.get(site) === current) running.delete(site)
    })
    running.set(site, current)
    return current
  }

  function follow(site: string): Promise<void> {
    const before = running.get(site)
    const joined = waiting.get(site)
    if (joined !== undefined) return joined
    if (before === undefined) return run(site)
    const next = before.then(() => {
      waiting.delete(site)
      return run(site)
    })
    waiting.set(site, next)
    return next
  }

  return {
    follow,
    async sweep(ageMs) {
      const now = clock.now()
      for (const site of await hintedSites(ledger, now - ageMs)) {
        if (!running.has(site) && now >= (failures.get(site)?.notBefore ?? 0)) void follow(site)
      }
    },
    async settle() {
      while (running.size + waiting.size > 0) await Promise.all([...running.values(), ...waiting.values()])
    },
  }
}
