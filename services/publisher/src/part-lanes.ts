/**
 * The parts of a wave are done in lanes, each every so many parts: a job does the first of its lane that is open and
 * adds the next at the tail of the queue. So another site's release waits for a few parts of a large one and not for all.
 * Gives the first open part of each lane.
 */
export function firstOfLanes(open: readonly number[], lanes: number): number[] {
  const first = new Map<number, number>()
  for (const part of open) if (!first.has(part % lanes)) first.set(part % lanes, part)
  return [...first.values()]
}
