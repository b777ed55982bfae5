/** What stands behind the backticks of a code block: `ts {2,4-6} title="x.ts" showLineNumbers`. */
export type FenceInfo = {
  /** Lower case; `text` where there is none. */
  language: string
  title?: string
  /** Numbers of the lines to bring out, from 1. */
  marked: ReadonlySet<number>
  /** Undefined where the fence does not say. */
  lineNumbers?: boolean
}

const maxMarked = 10_000

/** Reads a fence's language and what follows it. What it does not know it passes over. */
export function parseFenceInfo(language: string, meta = ''): FenceInfo {
  // `js{2}` without a space is common too.
  const [, name = '', joined = ''] = /^([^{]*)(.*)$/s.exec(language) ?? []
  const marked = new Set<number>()
  const whole = ` ${joined} ${meta}`
  const named = /\s(?:title|filename)=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(whole)
  const rest = named === null ? whole : whole.replace(named[0], ' ')
  const range = /\{([\d\s,-]*)\}/.exec(rest)
  for (const part of range?.[1]?.split(',') ?? []) markRange(part.trim(), marked)
  const info: FenceInfo = {language: name.toLowerCase() || 'text', marked}
  const title = (named?.[1] ?? named?.[2] ?? named?.[3])?.trim()
  if (title) info.title = title
  if (/(?:^|\s)showLineNumbers(?:=true)?(?=\s|$)/i.test(rest)) info.lineNumbers = true
  if (/(?:^|\s)(?:showLineNumbers=false|noLineNumbers)(?=\s|$)/i.test(rest)) info.lineNumbers = false
  return info
}

function markRange(part: string, marked: Set<number>): void {
  const [, from, to = from] = /^(\d{1,6})(?:\s*-\s*(\d{1,6}))?$/.exec(part) ?? []
  for (let line = Number(from); line <= Number(to) && marked.size < maxMarked; line += 1) marked.add(line)
}
