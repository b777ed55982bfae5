import {formatPlace, type Diagnostic} from '@broadside/content'
import {nameEffect, type EffectRow, type PushEdition, type PushProgress, type PushStage} from '@broadside/ledger'
import {formatChanges, type RevisionSummary} from '@broadside/revision'
import type {Cli} from './cli.ts'
import {formatDiagnostic} from './format-diagnostic.ts'
import {formatCounts} from './format-edition.ts'
import {toDiagnostic} from './to-diagnostic.ts'

type Paint = Cli['paint']

/** `field-notes  revision 12  4f2a9c1  live  1 new  its mail is held: …  2 warnings, the first at posts/x.md:3:7` */
export function formatPushLine({revision, stage, why, warnings}: PushProgress, paint: Paint): string {
  const {site, number, commit_id: commit} = revision
  const parts = [
    site,
    `revision ${number}`,
    commit.slice(0, 8),
    paintStage(stage, paint),
    formatChanges(summaryOf(revision.summary)),
  ]
  return [...parts, ...(why === undefined ? [] : [why]), ...warningsOf(warnings, paint)].join('  ')
}

function warningsOf({count, first}: PushProgress['warnings'], paint: Paint): string[] {
  if (first === undefined) return []
  const place = formatPlace(toDiagnostic(first))
  return [paint.yellow(count === 1 ? `1 warning at ${place}` : `${count} warnings, the first at ${place}`)]
}

/** A push from its commit to its mails, a line for each thing that was done, then what is wrong with it. */
export function formatPush(push: PushProgress, diagnostics: Diagnostic[], paint: Paint): string {
  const {revision, stage, why, release, editions, effects} = push
  const after = (at: number) => `+${at - revision.accepted_at} ms`
  const lines = [
    `${revision.site} revision ${revision.number} (${revision.cause}, commit ${revision.commit_id.slice(0, 12)}): ` +
      paintStage(stage, paint) +
      (why === undefined ? '' : `, ${why}`),
    `  accepted  ${new Date(revision.accepted_at).toISOString()}  ${formatChanges(summaryOf(revision.summary))}`,
  ]
  if (revision.rendered_at !== null) lines.push(`  rendered  ${after(revision.rendered_at)}`)
  if (release !== undefined) {
    const {number, uploaded, unchanged, removed, proof, live_at: liveAt} = release
    const counts = `release ${number}: ${uploaded} uploaded, ${unchanged} unchanged, ${removed} removed`
    lines.push(
      liveAt === null
        ? `  release   ${counts}, ${release.state}`
        : `  live      ${after(liveAt)}  ${counts}, proof ${proof}`,
    )
    if (release.trouble !== null) lines.push(`  ${paint.red('trouble')}   ${release.trouble}`)
  }
  for (const edition of editions) lines.push(`  mail      ${mailOf(edition)}`)
  for (const effect of effects) lines.push(`  told      ${effectOf(effect, paint)}`)
  for (const {path, at} of summaryOf(revision.summary).scheduled) {
    lines.push(`  scheduled ${path} for ${new Date(at).toISOString()}`)
  }
  for (const found of diagnostics) lines.push(`  ${formatDiagnostic(found, paint)}`)
  return lines.map((line) => `${line}\n`).join('')
}

/** The steps that a push has taken, a line each that stays as it is: what counts on is left out until it is over. */
export function formatSteps({revision, release, editions, effects}: PushProgress, paint: Paint): string[] {
  const name = `${revision.site} revision ${revision.number}`
  const after = (at: number) => `+${at - revision.accepted_at} ms`
  const lines = [`accepted  commit ${revision.commit_id.slice(0, 12)}: ${formatChanges(summaryOf(revision.summary))}`]
  if (revision.rendered_at !== null) lines.push(`rendered  ${after(revision.rendered_at)}`)
  if (release !== undefined && release.live_at !== null) {
    const {number, uploaded, proof, live_at: liveAt} = release
    lines.push(`${paint.green('live')}      ${after(liveAt)}  release ${number}: ${uploaded} uploaded, proof ${proof}`)
  } else if (typeof release?.trouble === 'string') lines.push(`${paint.red('trouble')}   ${release.trouble}`)
  for (const edition of editions) {
    const {title, state, reason} = edition
    const why = reason === null ? '' : `: ${reason}`
    lines.push(`mail      ${state === 'complete' ? mailOf(edition) : `“${title}” is ${state}${why}`}`)
  }
  for (const effect of effects) if (effect.state !== 'claimed') lines.push(`told      ${effectOf(effect, paint)}`)
  return lines.map((line) => `${name}  ${line}`)
}

function mailOf({id, title, state, reason, audience, counts}: PushEdition): string {
  const why = reason === null ? '' : `: ${reason}`
  const people = audience === null ? '' : `; ${formatCounts(audience, counts)}`
  return `“${title}” (${id.slice(0, 8)}) is ${state}${why}${people}`
}

/** `websub https://hub.example/ of https://notes.example/feed.xml: failed, 404 no such topic` */
function effectOf(effect: EffectRow, paint: Paint): string {
  const {target, subject, state, answer, attempt} = effect
  const shown = state === 'failed' ? paint.red(state) : state === 'done' ? paint.green(state) : paint.yellow(state)
  const tries = state === 'pending' && attempt > 0 ? ` after ${attempt} ${attempt === 1 ? 'try' : 'tries'}` : ''
  return `${nameEffect(effect)} ${target} of ${subject}: ${shown}${tries}${answer === null ? '' : `, ${answer}`}`
}

function summaryOf(summary: string): RevisionSummary {
  return JSON.parse(summary) as RevisionSummary
}

function paintStage(stage: PushStage, paint: Paint): string {
  if (stage === 'failed') return paint.red(stage)
  return stage === 'live' || stage === 'mailed' ? paint.green(stage) : paint.yellow(stage)
}
