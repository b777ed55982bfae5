export type TakenHeading = {title: string; body: string; bodyLine: number}

const maxTitleLength = 1_000

/**
 * First `# heading` of a Markdown text, outside code fences, as plain text. Where nothing stands before it, it is
 * taken out of the body, for the page shows its title already; `bodyLine` moves with it.
 */
export function takeHeading(body: string, bodyLine: number): TakenHeading | undefined {
  const lines = body.split('\n')
  let fence: string | undefined
  let isFirst = true
  for (const [index, line] of lines.entries()) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (marker !== undefined) {
      if (fence === undefined) fence = marker
      else if (marker.startsWith(fence)) fence = undefined
    }
    const heading = fence === undefined ? /^ {0,3}#[ \t]+(\S.*)$/.exec(line)?.[1] : undefined
    const title = heading === undefined ? '' : plainText(heading).slice(0, maxTitleLength)
    if (title !== '') {
      if (!isFirst) return {title, body, bodyLine}
      return {title, body: lines.slice(index + 1).join('\n'), bodyLine: bodyLine + index + 1}
    }
    if (line.trim() !== '') isFirst = false
  }
  return undefined
}

function plainText(heading: string): string {
  return heading
    .trim()
    .replace(/(?:^|\s)#+$/, '')
    .replaceAll(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replaceAll(/[*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
}
