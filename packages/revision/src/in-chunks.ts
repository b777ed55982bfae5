/** Rows for one statement: SQLite takes 32,766 values, and smaller statements are compiled faster. */
const rowsPerStatement = 100

/**
 * Cuts rows, or values for an `in`, into as many as one statement takes well. What makes its rows as they are asked for
 * holds no more than one chunk of them.
 */
export function* inChunks<Row>(rows: Iterable<Row>, size = rowsPerStatement): Generator<Row[]> {
  let chunk: Row[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
