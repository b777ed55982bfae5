import {sql, type Expression, type SqlBool} from 'kysely'

/**
 * `where state = '…'` with the state in the text of the query. Most rows are settled, so that an index over the open
 * ones alone finds them; SQLite takes such an index only when the query says the same words as the index does.
 */
export function stateIs(state: string): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref('state')} = ${sql.lit(state)}`
}
