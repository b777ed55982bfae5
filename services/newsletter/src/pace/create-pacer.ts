import {
  lanesOf,
  sendingDayOf,
  writeLanes,
  writeSendingDay,
  type Admitted,
  type Db,
  type ReadyDelivery,
} from '@broadside/ledger'
import {admit, lanesFrom, learn} from './create-admission.ts'
import type {SendingRules} from './sending-rules.ts'
import {countSent, endOfQuiet, warmUpLeft} from './waits.ts'

/** What was decided about some recipients. */
export type Paced = {
  /** Those that have to wait with the whole site, and until when, ms. */
  back: string[]
  waitUntil: number
  why: string
}

export type Pacer = {
  admit: (people: ReadyDelivery[]) => Admitted
  readonly paced: Paced
  /** Writes down what has changed; nothing on lanes that are open at full speed. */
  keep: () => Promise<void>
}

/**
 * The pace of a site, in a transaction that marks recipients: what was learned from the answers, then who may go now.
 * Lanes and counts are in the ledger, so that all processes share them; a ledger without them starts at full speed, and
 * at the first day of a warm-up.
 */
export async function createPacer(
  tx: Db,
  site: string,
  rules: SendingRules,
  {answers, now}: {answers: {lane: string; refused: boolean}[]; now: number},
): Promise<Pacer> {
  const before = lanesFrom(await lanesOf(tx, site))
  const lanes = new Map(before)
  learn(answers, lanes, rules, now)
  const {warmUp, quiet} = rules
  const row = warmUp === undefined ? undefined : await sendingDayOf(tx, site)
  const today = row === undefined ? undefined : {day: row.day, sent: row.sent, firstDay: row.first_day}
  const paced: Paced = {back: [], waitUntil: now, why: ''}
  let sent = 0

  function wait(people: ReadyDelivery[], until: number, why: string): void {
    if (people.length === 0) return
    paced.back.push(...people.map(({subscriber}) => subscriber))
    paced.waitUntil = until
    paced.why = why
  }

  return {
    paced,
    admit(people) {
      const quietUntil = endOfQuiet(quiet, now)
      if (quietUntil !== undefined) {
        wait(people, quietUntil, `quiet hours until ${new Date(quietUntil).toISOString()}`)
        return {go: [], later: []}
      }
      const {left, tomorrow} = warmUp === undefined ? {left: Infinity, tomorrow: 0} : warmUpLeft(warmUp, today, now)
      wait(people.slice(left), tomorrow, 'the warm-up lets no more mails go today')
      const {go, later, back, waitUntil} = admit(people.slice(0, left), lanes, rules, now)
      if (back.length > 0) {
        paced.back.push(...back)
        paced.waitUntil = waitUntil
        paced.why = 'the pace of the site'
      }
      sent += go.length
      return {go, later}
    },
    async keep() {
      const changed = [...lanes].filter(([name, lane]) => before.get(name) !== lane)
      const rows = changed.map(([name, {learnedMs, nextAt, epoch, changedAt}]) => ({
        name,
        learned_ms: learnedMs,
        next_at: nextAt,
        epoch,
        changed_at: changedAt,
      }))
      await writeLanes(tx, site, rows)
      if (warmUp === undefined || sent === 0) return
      const {day, sent: count, firstDay} = countSent(today, sent, now)
      await writeSendingDay(tx, {site, day, sent: count, first_day: firstDay})
    },
  }
}
