import type {Diagnostic} from '@broadside/content'
import type {Cli} from '../cli.ts'

const linesBefore = 1
const maxWidth = 100

/**
 * The lines around a place, its own marked and its column pointed at:
 *
 *       2 | title: When NATS
 *     > 3 | date: 31/12/2026
 *         |       ^
 *
 * Empty where the diagnostic has no line, or the text has not so many.
 */
export function codeFrame(
  text: string,
  {line, column}: Pick<Diagnostic, 'line' | 'column'>,
  paint: Cli['paint'],
): string {
  const lines = text.split(/\r?\n/)
  if (line === undefined || line > lines.length) return ''
  const width = String(line).length
  // A column far to the right is brought into sight.
  const shift = Math.max(0, (column ?? 1) - (maxWidth - 20))
  const rows: string[] = []
  for (let at = Math.max(1, line - linesBefore); at <= line; at += 1) {
    const shown = plain(lines[at - 1] ?? '').slice(shift, shift + maxWidth)
    const mark = at === line ? paint.red('>') : ' '
    rows.push(`  ${mark} ${paint.dim(`${String(at).padStart(width)} |`)} ${shown}`.trimEnd())
  }
  if (column !== undefined)
    rows.push(`    ${paint.dim(`${' '.repeat(width)} |`)} ${' '.repeat(column - 1 - shift)}${paint.red('^')}`)
  return rows.map((row) => `${row}\n`).join('')
}

/** One column a character, and nothing that a terminal would obey. */
function plain(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, ' ')
}
