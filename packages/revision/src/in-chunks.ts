/** Rows for one statement: SQLite takes 32,766 values, and smaller statements are compiled faster. */
const rowsPerStatement = 100

/** Cuts rows, or values for an `in`, into as many as one statement takes well. */
export function* inChunks<Row>(rows: Row[], size = rowsPerStatement): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}
