import type {CompiledQuery, Compilable} from 'kysely'
import type {Db} from './open-ledger.ts'

/** What a prepared query has in the place of its value; no text in the ledger has a NUL. */
const place = '\0'

/**
 * A query that is asked with one text after another. Making a statement of it takes several times as long as SQLite
 * takes to answer, so that is done when it is first asked, and then only the text is put in, wherever `make` has it.
 *
 * @returns its rows. Throws what the connection throws.
 */
export function prepare<Row>(db: Db, make: (text: string) => Compilable<Row>): (text: string) => Promise<Row[]> {
  let made: CompiledQuery<Row> | undefined
  return async (text) => {
    made ??= make(place).compile()
    const parameters = made.parameters.map((value) => (value === place ? text : value))
    const asked: CompiledQuery<Row> = {...made, parameters}
    return (await db.executeQuery(asked)).rows
  }
}
