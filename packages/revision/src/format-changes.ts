import type {RevisionSummary} from './revision-summary.ts'

/** `1 new, 2 changed, 1 broken at posts/x.md:3:7, 1 draft`; where the first is broken only on demand. */
export function formatChanges(
  {counts, drafts, scheduled, problems}: RevisionSummary,
  {withPlace = false}: {withPlace?: boolean} = {},
): string {
  const place = withPlace && problems[0] !== undefined ? ` at ${problems[0].place}` : ''
  const parts = [
    counts.published > 0 ? `${counts.published} new` : '',
    counts.updated > 0 ? `${counts.updated} changed` : '',
    counts.removed > 0 ? `${counts.removed} removed` : '',
    counts.broken > 0 ? `${counts.broken} broken${place}` : '',
    drafts > 0 ? `${drafts} ${drafts === 1 ? 'draft' : 'drafts'}` : '',
    scheduled.length > 0 ? `${scheduled.length} scheduled` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'no post changed' : parts.join(', ')
}
