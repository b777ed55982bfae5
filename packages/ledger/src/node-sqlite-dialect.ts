import {setImmediate as nextTurn} from 'node:timers/promises'
import {DatabaseSync, type StatementSync, type SQLInputValue} from 'node:sqlite'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type SqliteDatabase,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely'

/**
 * Kysely over `node:sqlite`. One connection, handed to one user at a time in order of asking, so that a statement
 * from outside never lands inside somebody's transaction. Transactions begin IMMEDIATE: the write lock is taken at
 * the start, so that two processes never both read and then both fail to write.
 */
export function createNodeSqliteDialect(
  database: DatabaseSync,
  beforeWrite: () => Promise<void> = async () => {},
): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SerialSqliteDriver({database: withStatementCache(database)}, beforeWrite),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/**
 * Statements answer without a turn of the event loop, so that a plan of 200,000 outputs would let no timer run and no
 * socket be read for half a minute: locks are lost that way, and health is asked in vain. After so long, ms, a turn is
 * taken before the next.
 */
const mostMs = 10

class SerialSqliteDriver extends SqliteDriver {
  #connection: DatabaseConnection | undefined
  readonly #waiting: (() => void)[] = []
  #taken = false
  readonly #beforeWrite: () => Promise<void>

  constructor(config: SqliteDialectConfig, beforeWrite: () => Promise<void>) {
    super(config)
    this.#beforeWrite = beforeWrite
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#taken = true
    this.#connection ??= givingWay(await super.acquireConnection())
    return this.#connection
  }

  override async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken = false
    else next()
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#beforeWrite()
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

function givingWay(connection: DatabaseConnection): DatabaseConnection {
  let turnAt = performance.now()
  return {
    async executeQuery(query) {
      if (performance.now() - turnAt > mostMs) {
        await nextTurn()
        turnAt = performance.now()
      }
      return connection.executeQuery(query)
    },
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  }
}

const cachedStatements = 500

/** Preparing costs more than most of our queries; the texts are few, so their statements are kept. */
function withStatementCache(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = cache.get(sql)
      if (known !== undefined) return known
      const statement = adapt(database.prepare(sql))
      if (cache.size >= cachedStatements) cache.delete(cache.keys().next().value!)
      cache.set(sql, statement)
      return statement
    },
  }
}

/** Statements with more parameters than this may hold megabytes. */
const manyValues = 16

function adapt(statement: StatementSync): SqliteStatement {
  const values = (parameters: ReadonlyArray<unknown>): SQLInputValue[] => parameters as SQLInputValue[]
  /** A statement keeps what was bound to it, as long as it is kept itself: this binds nothing, and runs nothing. */
  const letGo = <Result>(result: Result, {length}: ReadonlyArray<unknown>): Result => {
    if (length > manyValues) statement.iterate()
    return result
  }
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => letGo(statement.all(...values(parameters)), parameters),
    run: (parameters) => letGo(statement.run(...values(parameters)), parameters),
    iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
  }
}
