import {sql, type Expression, type SqlBool} from 'kysely'

/** `to_revision` of what still holds: larger than any revision, and exact in JavaScript, SQLite and PostgreSQL. */
export const openEnd = Number.MAX_SAFE_INTEGER

/** The versions that hold at `revision`, for a table (or alias) with `from_revision` and `to_revision`. */
export function holdsAt(table: string, revision: number): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref(`${table}.from_revision`)} <= ${revision} and ${sql.ref(`${table}.to_revision`)} > ${revision}`
}
