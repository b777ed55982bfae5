import {randomUUID} from 'node:crypto'
import {claimEffect, dueEffects, settleEffect, type EffectRow} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import {callOut, type Answer, type Call} from './call-out.ts'
import {judgeAnswer, type Judged} from './judge-answer.ts'
import type {Notifier} from './notifier.ts'
import {sitesToldOf} from './sites-told-of.ts'
import {statusCall} from './status-call.ts'
import {websubPing} from './websub-ping.ts'

/** The lease outlasts the call by this much, ms, for writing down what it came to. */
const graceMs = 5_000

/** Tells what is due, so many at once as the options allow; `onSettled` is called whenever a place is free again. */
export function createCarrier(notifier: Notifier, onSettled: () => void) {
  const {deps, options} = notifier
  const {ledger, clock, log} = deps
  const worker = randomUUID()
  const underWay = new Map<string, Promise<void>>()

  return {
    /** Claims what is due and starts the calls. */
    async fill(): Promise<void> {
      if (underWay.size >= options.callsAtOnce) return
      for (const effect of await dueEffects(ledger.db, clock.now(), new Set(underWay.keys()))) {
        if (underWay.size >= options.callsAtOnce) return
        const until = clock.now() + options.callMs + graceMs
        if (!(await claimEffect(ledger.db, effect, {worker, until}))) continue
        const lane = `${effect.site} ${effect.kind} ${effect.target}`
        const work = carry({...effect, attempt: effect.attempt + 1}).finally(() => {
          underWay.delete(lane)
          onSettled()
        })
        underWay.set(lane, work)
      }
    },
    /** Resolves when every call under way is settled; each has its deadline. */
    async drain(): Promise<void> {
      await Promise.all(underWay.values())
    },
  }

  async function carry(effect: EffectRow): Promise<void> {
    try {
      await settle(effect, await tell(effect))
    } catch (error) {
      // The lease ends by itself, and the effect is carried out again.
      log.error({event: 'effect.broken', ...keysOf(effect), err: error}, `an effect is not settled: ${explain(error)}`)
    }
  }

  async function tell(effect: EffectRow): Promise<Judged> {
    const answer = await answerTo(effect)
    const now = clock.now()
    const {attempt, created_at: since} = effect
    return judgeAnswer(answer, {
      attempt,
      ageMs: now - since,
      maxAgeMs: options.ageMs,
      retryMs: options.retryMs,
      now,
    })
  }

  async function answerTo(effect: EffectRow): Promise<Answer> {
    try {
      const call = await callFor(effect)
      if (call === undefined) return {refused: 'nobody is to be told there any more'}
      const answer = await callOut(call, {timeoutMs: options.callMs})
      return call.read?.(answer) ?? answer
    } catch (error) {
      // Somebody may put it right, such as what is set for the site.
      log.warn({event: 'effect.broken', ...keysOf(effect), err: error}, explain(error))
      return {unreachable: explain(error)}
    }
  }

  /** Undefined where the site was removed, or is at another forge by now. */
  async function callFor(effect: EffectRow): Promise<Call | undefined> {
    const told = (await sitesToldOf(ledger.db)).find(({site}) => site.name === effect.site)
    if (told === undefined) return undefined
    return effect.kind === 'websub' ? websubPing(effect, options) : statusCall(effect, options.forgeOf(told.of))
  }

  async function settle(effect: EffectRow, judged: Judged): Promise<void> {
    const now = clock.now()
    const {answer} = judged
    const told = judged.state === 'again' ? {state: judged.state, due: now + judged.waitMs} : {state: judged.state}
    const ours = await ledger.transaction((db) => settleEffect(db, effect, {worker, answer, now, ...told}))
    const line = {event: `effect.${judged.state}`, ...keysOf(effect), answer}
    if (!ours) log.warn({...line, event: 'effect.late'}, 'an answer came after its time was up')
    else if (judged.state === 'done') log.info(line, `${effect.kind}: told ${effect.target} of ${effect.subject}`)
    else log.warn(line, `${effect.kind}: ${effect.target} was not told of ${effect.subject}: ${answer}`)
  }
}

function keysOf({site, kind, target, subject, revision, attempt}: EffectRow) {
  return {site, kind, target, subject, revision, attempt}
}
