import {judgeRefusal} from '@broadside/bounces'
import type {Db} from '@broadside/ledger'
import type {Outcome} from '@broadside/smtp'
import {applyReport} from './apply-report.ts'

export type RefusedMail = {
  site: string
  kind: 'edition' | 'letter'
  id: string
  subscriber: string
  attempt: number
}

/**
 * A mail that failed for its recipient while it was being submitted is a bounce like one that is reported later, with
 * the same that follows. Call it in the transaction that settles the mail as failed; what is our fault is nobody's
 * bounce. A repeat for the same try changes nothing.
 */
export async function noteRefusal(tx: Db, mail: RefusedMail, outcome: Outcome, now: number): Promise<void> {
  if (outcome.state !== 'failed' && outcome.state !== 'deferred') return
  const {enhanced: status, code, reason: reply} = outcome
  const fault = outcome.scope === 'server' ? 'us' : judgeRefusal({status, code, reply})
  if (fault === 'us') return
  const {site, kind, id, subscriber, attempt} = mail
  await applyReport(tx, {
    source: 'smtp',
    event: [kind, id, subscriber, attempt].join(' '),
    kind: 'bounced',
    fault,
    site,
    mail_kind: kind,
    mail: id,
    subscriber,
    status: status ?? null,
    reply,
    at: now,
    received_at: now,
    waits: 0,
  })
}
