import type {Ref} from '@broadside/markdown'

/**
 * Markdown with the targets of its references filled in. A reference is known by where it begins: from there on its
 * address is looked for, up to the end of the block, and for `[text][label]` among the definitions. One that is written
 * in a way that is not found stays as it is. `targetOf` takes the index of a reference.
 */
export function linkAbsolutely(
  {body, bodyLine}: {body: string; bodyLine: number},
  refs: Pick<Ref, 'url' | 'line' | 'column'>[],
  targetOf: (index: number) => string | undefined,
): string {
  const starts = lineStarts(body)
  const edits = new Map<number, {length: number; target: string}>()
  for (const [index, {url, line, column}] of refs.entries()) {
    const target = targetOf(index)
    const start = starts[line - bodyLine]
    if (target === undefined || start === undefined) continue
    const from = start + column - 1
    const found = findInline(body, from, url, edits) ?? findDefinition(body, url)
    if (found !== undefined) edits.set(found.at, {length: found.length, target})
  }
  let text = ''
  let last = 0
  for (const [at, {length, target}] of [...edits].toSorted(([a], [b]) => a - b)) {
    text += body.slice(last, at) + target
    last = at + length
  }
  return text + body.slice(last)
}

type Found = {at: number; length: number}

/** `](url`, `](<url>`, `src="url"`: the first from the reference's start on that is not another's already. */
function findInline(body: string, from: number, url: string, taken: ReadonlyMap<number, unknown>): Found | undefined {
  const end = body.indexOf('\n\n', from)
  const block = body.slice(from, end === -1 ? undefined : end)
  for (const spelling of spellingsOf(url)) {
    for (const match of block.matchAll(
      new RegExp(`(\\]\\(\\s*<?|=\\s*["']?)${escapePattern(spelling)}(?=[\\s)>"'])`, 'g'),
    )) {
      const at = from + match.index + (match[1]?.length ?? 0)
      if (!taken.has(at)) return {at, length: spelling.length}
    }
  }
  return undefined
}

function findDefinition(body: string, url: string): Found | undefined {
  for (const spelling of spellingsOf(url)) {
    const match = new RegExp(`^( {0,3}\\[[^\\]\\n]+\\]:\\s*<?)${escapePattern(spelling)}(?=[\\s>]|$)`, 'm').exec(body)
    if (match !== null) return {at: match.index + (match[1]?.length ?? 0), length: spelling.length}
  }
  return undefined
}

/** As fragments have it, percent-encoded, and as an author may have written it. */
function spellingsOf(url: string): string[] {
  try {
    return [...new Set([url, decodeURI(url), decodeURIComponent(url)])]
  } catch {
    return [url]
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({index}) => index + 1)]
}
