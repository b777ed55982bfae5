import {backoffMs} from '@broadside/runtime'
import type {Answer} from './call-out.ts'

export type Judged = {state: 'done' | 'failed'; answer: string} | {state: 'again'; answer: string; waitMs: number}

const maxWaitMs = 3_600_000
const shownCharacters = 200

/**
 * What an answer means for its effect: 2xx is done; a server that is busy, broken or away is asked again, later each
 * time, until the effect is `ageMs` old or the age is up; anything else would be the same the next time.
 */
export function judgeAnswer(
  answer: Answer,
  {
    attempt,
    ageMs,
    maxAgeMs,
    retryMs,
    now,
  }: {attempt: number; ageMs: number; maxAgeMs: number; retryMs: number; now: number},
): Judged {
  if ('refused' in answer) return {state: 'failed', answer: answer.refused}
  const told = 'unreachable' in answer ? answer.unreachable : describe(answer)
  if ('status' in answer) {
    const {status, retryAfter} = answer
    if (status >= 200 && status < 300) return {state: 'done', answer: String(status)}
    if (status >= 300 && status < 400) return {state: 'failed', answer: `${status}: it leads elsewhere`}
    const mayHeal = status >= 500 || [408, 425, 429].includes(status) || (status === 403 && retryAfter !== undefined)
    if (!mayHeal) return {state: 'failed', answer: told}
  }
  const asked = 'status' in answer ? readRetryAfter(answer.retryAfter, now) : 0
  const waitMs = Math.max(backoffMs(attempt, {baseMs: retryMs / 2, maxMs: maxWaitMs}), Math.min(asked, maxWaitMs))
  if (ageMs + waitMs > maxAgeMs) return {state: 'failed', answer: `gave up: ${told}`}
  return {state: 'again', answer: told, waitMs}
}

/** `503 try later`: one line for people, however long the answer was and whatever it held. */
function describe({status, text}: {status: number; text: string}): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return line === '' ? String(status) : `${status} ${line.slice(0, shownCharacters)}`
}

/** Milliseconds that the header asks for, as seconds or as a date (RFC 9110 10.2.3); 0 where it does not say. */
function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const at = Date.parse(value)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
