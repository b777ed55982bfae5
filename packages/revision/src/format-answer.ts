import {formatPlace} from '@broadside/content'
import {formatChanges} from './format-changes.ts'
import {pushPageUrl} from './push-page-url.ts'
import type {AcceptedRevision} from './tell-accepted.ts'

/** `revision 12: 1 new, 1 broken at posts/x.md:3:7; mail: 214 people, at once; http://…`, then the problems. */
export function formatAnswer(
  site: string,
  {number, summary, leftBehind = [], pinnedTo}: AcceptedRevision,
  consoleUrl?: string,
): string {
  const {problems, mail} = summary
  const what = formatChanges(summary, {withPlace: true})
  const people = mail === undefined ? '' : `${mail.people} ${mail.people === 1 ? 'person' : 'people'}`
  const when = mail?.decision === 'held' ? `held: ${mail.why}` : 'at once'
  const letter = mail === undefined ? 'mail: none' : `mail: ${people}, ${when}`
  const link = consoleUrl === undefined ? [] : [pushPageUrl(consoleUrl, site, number)]
  const hold = summary.held === undefined ? [] : [`held: ${summary.held}, broadside approve ${site} lets it go`]
  const waits = pinnedTo === undefined ? [] : [`not released: the site is rolled back to revision ${pinnedTo}`]
  const lines = [[`revision ${number}: ${what}`, ...hold, ...waits, letter, ...link].join('; ')]
  const warnings = leftBehind.map((found) => ({...found, place: formatPlace(found)}))
  for (const {place, message, cure} of [...problems, ...warnings])
    lines.push(`  ${place} ${message}${cure === undefined ? '' : ` → ${cure}`}`)
  return lines.join('\n')
}
