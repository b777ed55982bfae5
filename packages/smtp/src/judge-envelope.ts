import {isSafeAddress} from '@broadside/subscribers'
import type {Outcome, Submission} from './outcome.ts'

/** An address that could say more than one thing never reaches the wire; undefined when both are fit. */
export function judgeEnvelope({from, to}: Submission): Outcome | undefined {
  if (!isSafeAddress(from)) {
    const reason = 'The sender is not one plain mail address'
    return {state: 'failed', scope: 'server', reason, reply: '', code: 553, enhanced: '5.1.7'}
  }
  if (isSafeAddress(to)) return undefined
  const reason = 'The recipient is not one plain mail address'
  return {state: 'failed', scope: 'recipient', reason, reply: '', code: 553, enhanced: '5.1.3'}
}
