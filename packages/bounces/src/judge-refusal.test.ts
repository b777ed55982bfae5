import {expect, test} from 'vitest'
import {judgeRefusal, type Fault} from './index.ts'

const refusals: [Fault, string | undefined, number | undefined, string][] = [
  ['mailbox', '5.1.1', 550, 'User unknown'],
  ['mailbox', '5.2.1', 550, 'The account is disabled'],
  ['mailbox', '5.1.10', 556, 'Domain has a null MX'],
  ['mailbox', '5.1.0', 550, 'Address rejected'],
  ['mailbox', '5.0.0', 550, 'mailbox not found'],
  ['mailbox', '5.5.0', 550, 'Requested action not taken: mailbox unavailable'],
  ['mailbox', '5.4.1', 550, 'Recipient address rejected: Access denied. AS(201806281)'],
  ['mailbox', undefined, 550, 'No such user here'],
  ['mailbox', undefined, 550, '5.1.1 <…> is not ours'],
  ['us', undefined, undefined, 'smtp;550-5.7.26 unauthenticated'],
  ['passing', '5.2.2', 552, 'Mailbox full'],
  ['passing', '4.2.2', 452, 'Mailbox full'],
  ['passing', '4.4.7', undefined, 'Message expired'],
  ['passing', '5.4.4', 550, 'Host not found'],
  ['passing', '4.1.1', 450, 'User unknown for now'],
  ['passing', undefined, 450, 'mailbox unavailable'],
  ['passing', undefined, 554, 'Something else'],
  ['us', '5.7.1', 550, 'Message rejected as spam'],
  ['us', '5.7.26', 550, 'unauthenticated'],
  ['us', '4.7.0', 421, 'rate limited'],
  ['us', '5.1.8', 553, "Sender's domain does not exist"],
  ['us', '5.3.4', 552, 'Message too big'],
  ['us', '5.6.0', 554, 'Lines too long'],
  ['us', undefined, 550, 'Blocked by policy, see https://block.example'],
  ['us', undefined, 550, '550-Requested action not taken: mailbox unavailable 550-Reject due to SPF policy.'],
  ['us', '5.7.1', 550, '550 5.7.1 <…>: Sender address rejected: Domain not found'],
  ['us', '5.7.1', 550, 'The address is invalid here: your sender is on a blacklist'],
  ['mailbox', '5.7.1', 550, 'Recipient does not exist'],
]

test.for(refusals)('it is the %s that %s %s "%s" speaks of', ([fault, status, code, reply]) => {
  expect(judgeRefusal({status, code, reply})).toBe(fault)
})
