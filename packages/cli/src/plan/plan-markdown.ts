import {formatPlace} from '@broadside/content'
import {mailLine, mailNotes, time} from './format-plan.ts'
import type {DiffLine} from './line-diff.ts'
import type {Plan, PlannedMail, PlannedText} from './plan.ts'

/** A forge shortens a longer comment, or refuses it. */
const maxLength = 60_000
const maxDiffLines = 40

/**
 * A plan as the comment of a pull request. Whatever an author wrote stands as code, so that it names nobody, links
 * nowhere and breaks no table.
 */
export function planMarkdown(plan: Plan): string {
  const {files, feed, redirects} = plan
  const count = (what: PlannedText['change']) => plan.texts.filter(({change}) => change === what).length
  const errors = plan.problems.filter(({severity}) => severity === 'error').length
  const parts: [string, string[]][] = [
    ['Posts and pages', plan.texts.flatMap(textLines)],
    [
      'Redirects',
      [
        ...redirects.added.map(({from, to}) => `- new: ${code(from)} leads to ${code(to)}`),
        ...redirects.removed.map(({from, to}) => `- gone: ${code(from)}, which led to ${code(to)}`),
      ],
    ],
    [
      'Feed',
      (['added', 'updated', 'removed'] as const).flatMap((what) =>
        feed[what].map(({title}) => `- ${what}: ${code(title)}`),
      ),
    ],
    ['Mail', plan.mail.length === 0 ? ['None.'] : plan.mail.flatMap((mail) => mailLines(mail, plan.audience))],
    ['Scheduled', plan.scheduled.map(({path, at, isNew}) => `- ${time(at)} ${code(path)}${isNew ? ' (new)' : ''}`)],
    ['Drafts', plan.drafts.map(({path}) => `- ${code(path)}`)],
    [
      'Problems',
      plan.problems.map((found) => `- ${found.severity}: ${code(`${formatPlace(found)} ${found.message}`)}`),
    ],
  ]
  const text = [
    '### What publishing this would do',
    '',
    `${count('added')} new, ${count('changed')} changed, ${count('moved')} moved, ${count('removed')} removed; ` +
      `${files.added + files.changed + files.removed} files of the site; ${errors} ${errors === 1 ? 'error' : 'errors'}. ` +
      `Compared with ${code(plan.against)}.`,
    ...(plan.held === undefined ? [] : ['', `**It would wait for a yes:** ${plan.held}.`]),
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines])),
    '',
  ].join('\n')
  return text.length <= maxLength ? text : `${text.slice(0, text.lastIndexOf('\n', maxLength))}\n\nAnd more.\n`
}

function mailLines(mail: PlannedMail, audience: Plan['audience']): string[] {
  return [`- ${code(mailLine(mail, audience))}`, ...mailNotes(mail).map((note) => `  - ${code(note)}`)]
}

function textLines({change, path, title, address, was, diff}: PlannedText): string[] {
  const where = was === undefined ? code(address) : `${code(was)} to ${code(address)}`
  const line = `- ${change}: ${code(title)} ${where} (${code(path)})`
  return diff.length === 0 ? [line] : [line, '', ...fenced(diff), '']
}

function fenced(diff: DiffLine[]): string[] {
  const rows = diff.slice(0, maxDiffLines).map(({sign, text}) => `${sign} ${text}`)
  if (diff.length > maxDiffLines) rows.push(`  and ${diff.length - maxDiffLines} lines more`)
  const fence = '`'.repeat(Math.max(3, longestRun(rows.join('\n')) + 1))
  return [
    '  <details><summary>what changes</summary>',
    '',
    `  ${fence}diff`,
    ...rows.map((row) => `  ${row}`),
    `  ${fence}`,
    '',
    '  </details>',
  ]
}

/** A code span (CommonMark 6.1) holds anything but a line break and as many backticks as it is written with. */
function code(text: string): string {
  const marks = '`'.repeat(longestRun(text) + 1)
  const inside = text.replaceAll(/\s+/g, ' ')
  const space = /^`|`$/.test(inside) ? ' ' : ''
  return inside === '' ? '' : `${marks}${space}${inside}${space}${marks}`
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
