import type {Cli} from '../cli.ts'
import {formatDiagnostic} from '../format-diagnostic.ts'
import type {Plan, PlannedAudience, PlannedMail, PlannedText} from './plan.ts'

type Paint = Cli['paint']

const maxDiffLines = 12
const signs = {added: '+', changed: '~', moved: '→', removed: '-', updated: '~'} as const

/** A plan for people at a terminal; parts in which nothing happens are left out. */
export function formatPlan(plan: Plan, paint: Paint): string {
  const {files, feed, redirects} = plan
  const item = (sign: string, {title}: {title: string}) => `  ${sign} “${title}”`
  const line = (sign: string, {from, to}: {from: string; to: string}) => `  ${sign} ${from} → ${to}`
  const parts: [string, string[]][] = [
    ['posts and pages', plan.texts.flatMap((text) => formatText(text, paint))],
    ['redirects', [...redirects.added.map((one) => line('+', one)), ...redirects.removed.map((one) => line('-', one))]],
    [
      'feed',
      (['added', 'updated', 'removed'] as const).flatMap((what) => feed[what].map((one) => item(signs[what], one))),
    ],
    [
      'mail',
      plan.mail.length === 0
        ? ['  none']
        : plan.mail.flatMap((mail) => [
            `  ${mailLine(mail, plan.audience)}`,
            ...mailNotes(mail).map((note) => `      ${note}`),
          ]),
    ],
    [
      'scheduled',
      plan.scheduled.map(({path, title, at, isNew}) => `  ${isNew ? '+' : ' '} ${time(at)} ${path} “${title}”`),
    ],
    ['drafts', plan.drafts.map(({path, title}) => `  ${path} “${title}”`)],
    ['problems', plan.problems.map((found) => `  ${formatDiagnostic(found, paint)}`)],
  ]
  return [
    `${plan.site}: ${plan.commit.slice(0, 8)} compared with ${plan.against}`,
    ...(plan.held === undefined ? [] : [`${paint.yellow('held')}: ${plan.held}`]),
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : [paint.bold(title), ...lines])),
    `files: ${files.added} new, ${files.changed} changed, ${files.removed} removed`,
  ]
    .map((text) => `${text}\n`)
    .join('')
}

function formatText({change, path, title, address, was, diff}: PlannedText, paint: Paint): string[] {
  const shown = diff.slice(0, maxDiffLines).map(({sign, text}) => {
    const row = `      ${sign} ${text.replaceAll(/\p{Cc}/gu, ' ')}`.trimEnd()
    return sign === '+' ? paint.green(row) : sign === '-' ? paint.red(row) : paint.dim(row)
  })
  if (diff.length > maxDiffLines) shown.push(paint.dim(`      and ${diff.length - maxDiffLines} lines more`))
  const where = was === undefined ? address : `${was} → ${address}`
  return [`  ${signs[change]} ${path} “${title}” ${where}`, ...shown]
}

/** `“When NATS” to 214 people (3 pending left out), at once: one new post; 14 kB` */
export function mailLine(mail: PlannedMail, audience: PlannedAudience | undefined): string {
  const {path, subject, bytes, decision, why, at} = mail
  const when = at === undefined ? '' : `at ${time(at)}, `
  const how =
    decision === 'held' ? `held until somebody approves: ${why}` : at === undefined ? `at once: ${why}` : 'by itself'
  return `“${subject}” (${path}) to ${people(audience)}, ${when}${how}; ${Math.ceil(bytes / 1_000)} kB`
}

/** What is found in a mail and keeps it from nobody. */
export function mailNotes({findings}: PlannedMail): string[] {
  return findings.filter(({gate}) => !gate).map(({message}) => message)
}

function people(audience: PlannedAudience | undefined): string {
  if (audience === undefined) return 'everybody on the list'
  const excluded = Object.entries(audience.excluded).map(([state, count]) => `${count} ${state}`)
  const left = excluded.length === 0 ? '' : ` (${excluded.join(', ')} left out)`
  return `${audience.people} ${audience.people === 1 ? 'person' : 'people'}${left}`
}

export function time(at: number): string {
  return new Date(at).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z')
}
