import {pipeline, Readable} from 'node:stream'
import {BroadsideError} from '@broadside/runtime'
import {CsvError, parse} from 'csv-parse'
import {columnOf, isHeader, type Column} from './csv-columns.ts'
import {decodeText} from './decode-text.ts'
import {peekDelimiter} from './peek-delimiter.ts'
import {readRow} from './read-row.ts'
import type {ImportRow} from './subscriber-row.ts'

type Parsed = {record: string[]; raw: string; info: {lines: number}}

/**
 * Reads a subscriber file as other tools export it: comma, semicolon or tab, UTF-8 or UTF-16 with a byte order mark,
 * any order of columns, or one bare address a line. Rows come as they are read, in bounded memory, one for each line
 * of the file that is not empty, refused ones with their reason.
 *
 * Where several columns speak of consent the strictest wins, and a status that is not known refuses its row.
 * Throws `subscribers.header.missing` or `subscribers.file.invalid` (both invalid, the latter with the line) when the
 * file is no such table at all.
 */
export async function* readSubscribers(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<ImportRow, void, undefined> {
  const {delimiter, chunks} = await peekDelimiter(decodeText(input))
  const parser = parse({
    delimiter,
    info: true,
    raw: true,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 256 * 1024,
  })
  // The callback does nothing because the iteration below throws what went wrong.
  pipeline(Readable.from(chunks, {objectMode: false}), parser, () => {})
  let columns: Column[] | undefined
  try {
    for await (const parsed of parser) {
      const {record, raw, info} = parsed as Parsed
      const cells = record.map((cell) => cell.trim())
      if (cells.every((cell) => cell === '')) continue
      if (columns !== undefined) yield readRow(firstLine(raw, info.lines), columns, cells)
      else if (isHeader(cells)) columns = cells.map(columnOf)
      else if (cells.length > 1) throw headerMissing()
      else yield readRow(firstLine(raw, info.lines), (columns = [{kind: 'address'}]), cells)
    }
  } catch (cause) {
    throw cause instanceof CsvError ? unreadable(cause) : cause
  } finally {
    parser.destroy()
  }
}

/** The parser tells the line where a record ends; `raw` may begin with the empty lines that were passed over. */
function firstLine(raw: string, lastLine: number): number {
  return lastLine - (raw.trim().split('\n').length - 1)
}

function headerMissing(): BroadsideError {
  return new BroadsideError(
    'invalid',
    'subscribers.header.missing',
    'The first line names no column of mail addresses',
    {
      hint: 'Put a first line such as "email,name,status" above the rows',
    },
  )
}

function unreadable(cause: CsvError): BroadsideError {
  const line = Number(cause['lines'] ?? 0)
  const message = `The file cannot be read as a table near line ${line}`
  return new BroadsideError('invalid', 'subscribers.file.invalid', message, {
    hint: 'Look for a quote that is opened and not closed',
    details: {line, problem: cause.code},
  })
}
