/** A line of a diff: taken away, added, or the same on both sides. */
export type DiffLine = {sign: '-' | '+' | ' '; text: string}

/** Lines that are compared with each other; of more, all are told as taken away and added. */
const maxLines = 1_000

/** What makes one text of another, line by line, with one line that is the same around each place; the longest match. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  const shorter = Math.min(old.length, now.length) - start
  while (end < shorter && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1
  const middle = compare(old.slice(start, old.length - end), now.slice(start, now.length - end))
  const same = (text: string): DiffLine => ({sign: ' ', text})
  return nearChanges([...old.slice(0, start).map(same), ...middle, ...old.slice(old.length - end).map(same)])
}

function compare(old: string[], now: string[]): DiffLine[] {
  if (old.length > maxLines || now.length > maxLines) return [...removed(old), ...added(now)]
  // lengths[i][j]: how many lines of old from i on and of now from j on can be kept.
  const lengths = Array.from({length: old.length + 1}, () => new Uint16Array(now.length + 1))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i]![j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      lines.push({sign: ' ', text: old[i]!})
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(...removed([old[i++]!]))
    else lines.push(...added([now[j++]!]))
  }
  return [...lines, ...removed(old.slice(i)), ...added(now.slice(j))]
}

const removed = (lines: string[]): DiffLine[] => lines.map((text) => ({sign: '-', text}))
const added = (lines: string[]): DiffLine[] => lines.map((text) => ({sign: '+', text}))

function nearChanges(lines: DiffLine[]): DiffLine[] {
  return lines.filter(
    ({sign}, n) => sign !== ' ' || [lines[n - 1], lines[n + 1]].some((next) => next !== undefined && next.sign !== ' '),
  )
}
