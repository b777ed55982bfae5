/** A revision that is accepted and not rendered; `acceptedAt` in ms since the epoch, `count` of its documents wait. */
export type WaitingRevision = {site: string; number: number; acceptedAt: number; count: number}

/**
 * Of the revisions that wait, those that nobody goes on with: accepted before `before`, and as many of their documents
 * wait as when they were looked at last. Whoever renders a large one right now, by events and maybe elsewhere, is not
 * to be raced. A process that has just begun (`last` is undefined) takes all that are old enough, for who had them in
 * hand may have ended.
 */
export function stuckRevisions(
  waiting: WaitingRevision[],
  last: WaitingRevision[] | undefined,
  before: number,
): WaitingRevision[] {
  const isAsItWas = ({site, number, count}: WaitingRevision) =>
    last === undefined || last.some((was) => was.site === site && was.number === number && was.count === count)
  return waiting.filter((revision) => revision.acceptedAt < before && isAsItWas(revision))
}
