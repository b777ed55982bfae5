import {html} from 'hono/html'
import {nameEffect, type EffectRow, type PushEdition, type PushProgress, type PushStage} from '@broadside/ledger'
import {formatChanges, type RevisionSummary} from '@broadside/revision'
import {counted, timeAgo, type Html} from './page-frame.ts'

/** A push in a list: what it is, how far, and what it changed. */
export function pushCard({revision, stage, why}: PushProgress, now: number): Html {
  const {site, number, commit_id: commit, cause, accepted_at: at} = revision
  return html`<li>
    <a href="/sites/${site}/revisions/${number}">Revision ${number}</a> ${stageMark(stage)}
    <span class="soft">${timeAgo(at, now)}, by ${cause}, commit <code>${commit.slice(0, 8)}</code></span>
    <div>${changesOf(revision.summary)}</div>
    ${why === undefined ? '' : html`<div class="small ${stage === 'failed' ? 'bad' : 'wait'}">${why}</div>`}
  </li>`
}

export function stageMark(stage: PushStage): Html {
  const tone = stage === 'failed' ? 'bad' : stage === 'live' || stage === 'mailed' ? 'good' : 'wait'
  return html`<span class="stage ${tone}">${stage}</span>`
}

/** An edition in a list: its state, and its audience as the sum of what became of it. */
export function editionCard(edition: PushEdition, now: number): Html {
  const {id, title, state, reason, created_at: at} = edition
  const tone = state === 'complete' ? 'good' : state === 'cancelled' ? 'soft' : 'wait'
  return html`<li>
    <a href="/editions/${id}">${title}</a> <span class="stage ${tone}">${state}</span>
    <span class="soft">${timeAgo(at, now)}</span>
    ${reason === null ? '' : html`<div class="small wait">${reason}</div>`}
    <div class="small">${audienceOf(edition)}</div>
  </li>`
}

/** Somebody outside who is told of the push, in a list. */
export function effectCard(effect: EffectRow, now: number): Html {
  const {target, subject, state, attempt, answer, due} = effect
  const tone = state === 'done' ? 'good' : state === 'failed' ? 'bad' : state === 'superseded' ? 'soft' : 'wait'
  const isWaiting = state === 'pending' && attempt > 0
  return html`<li>
    ${nameEffect(effect)} <code>${subject}</code> <span class="stage ${tone}">${state}</span>
    ${isWaiting ? html`<span class="soft">${counted(attempt, 'try', 'tries')}, again ${timeAgo(due, now)}</span>` : ''}
    <div class="small soft">${target}</div>
    ${answer === null ? '' : html`<div class="small ${state === 'failed' ? 'bad' : 'soft'}">${answer}</div>`}
  </li>`
}

/** `214 people: 212 accepted, 2 deferred`. */
function audienceOf({audience, counts}: PushEdition): string {
  if (audience === null) return 'its audience is not frozen yet'
  const parts = Object.entries(counts).flatMap(([state, people]) => (people === 0 ? [] : [`${people} ${state}`]))
  return [counted(audience, 'person', 'people'), parts.join(', ')].filter((part) => part !== '').join(': ')
}

export function summaryOf(text: string): RevisionSummary {
  return JSON.parse(text) as RevisionSummary
}

/** What a push changed, as a sentence begins. */
export function changesOf(text: string): string {
  const changes = formatChanges(summaryOf(text))
  return `${changes[0]!.toUpperCase()}${changes.slice(1)}`
}
