/**
 * What an import did, or would do: every count by its name, then the rows that were refused, as audience told them.
 */
export function formatImport(outcome: unknown, {file}: {file: string}): string {
  const told = (outcome ?? {}) as Record<string, unknown>
  const nested = (told['counts'] ?? {}) as Record<string, unknown>
  const counts = Object.entries({...told, ...nested}).filter(([, value]) => typeof value === 'number')
  const lines = counts.map(([name, value]) => `${String(value).padStart(8)}  ${name}`)
  for (const value of Object.values(told)) {
    for (const row of Array.isArray(value) ? (value as unknown[]) : []) {
      const {line, reason} = row as {line?: number; reason?: string}
      if (reason !== undefined) lines.push(`${file}${line === undefined ? '' : `:${line}`} ${reason}`)
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}
