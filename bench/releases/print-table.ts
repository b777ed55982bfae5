/** A table in Markdown; all columns but the first are numbers. */
export function printTable(title: string, head: string[], rows: string[][]): void {
  if (rows.length === 0) return
  console.log(`\n${title}\n\n| ${head.join(' | ')} |`)
  console.log(`| --- |${' ---: |'.repeat(head.length - 1)}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}

/** The value below which this share of them lies. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function number(value: number): string {
  return Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en')
}

export function seconds(value: number | undefined): string {
  return value === undefined ? '–' : `${(value / 1_000).toFixed(1)} s`
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`
}
