import type {ExportRow} from './subscriber-row.ts'

/**
 * Writes subscribers as CSV (RFC 4180, UTF-8), a line at a time. A cell that a spreadsheet would run as a formula gets
 * an apostrophe in front, which `readSubscribers` takes away again. Topics stand in one cell, with spaces between; an
 * empty one means all.
 */
export async function* writeSubscribers(
  rows: AsyncIterable<ExportRow> | Iterable<ExportRow>,
): AsyncGenerator<string, void, undefined> {
  yield line(['email', 'name', 'status', 'created_at', 'cadence', 'time_zone', 'topics'])
  for await (const {address, name = '', status, createdAt = '', preferences} of rows) {
    const {cadence = '', timezone = '', topics = []} = preferences ?? {}
    yield line([address, name, status, createdAt, cadence, timezone, topics.join(' ')])
  }
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string): string {
  const guarded = /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",;\t\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
