/** What audience answers to an import; with `dryRun`, what would happen. */
export type ImportOutcome = {
  dryRun: boolean
  rows: number
  /** People by the state they came in, or came to. */
  added: Record<string, number>
  changed: Record<string, number>
  unchanged: number
  refused: number
  /** Of the first refused rows. */
  reasons: {line: number; reason: string}[]
}

/** The outcome in a few lines, then the rows that were refused, each at its place. */
export function formatImport(outcome: ImportOutcome, {file}: {file: string}): string {
  const {dryRun, rows, added, changed, unchanged, refused, reasons} = outcome
  const lines = [
    `${rows} ${rows === 1 ? 'row' : 'rows'} read from ${file}${dryRun ? '; nothing is changed yet' : ''}`,
    countLine(added, 'new'),
    countLine(changed, 'changed'),
    `${unchanged} unchanged`,
    `${refused} refused`,
    ...reasons.map(({line, reason}) => `  ${file}:${line} ${reason}`),
  ]
  if (refused > reasons.length) lines.push(`  and ${refused - reasons.length} more`)
  return lines.map((line) => `${line}\n`).join('')
}

/** `12 new (10 active, 2 unsubscribed)` */
function countLine(states: Record<string, number>, word: string): string {
  const sum = Object.values(states).reduce((all, people) => all + people, 0)
  const parts = Object.entries(states).map(([state, people]) => `${people} ${state}`)
  return parts.length === 0 ? `${sum} ${word}` : `${sum} ${word} (${parts.join(', ')})`
}
