import {mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {DatabaseSync} from 'node:sqlite'
import {Kysely} from 'kysely'
import {BroadsideError} from '@broadside/runtime'
import {caseFolded} from './case-folded.ts'
import {createNodeSqliteDialect} from './node-sqlite-dialect.ts'
import type {Tables} from './tables.ts'

/** A ledger, or a transaction on one: every query takes either. */
export type Db = Kysely<Tables>

export type Ledger = {
  db: Db
  /**
   * Runs `work` so that all of its writes are kept, or none. `work` does SQL on the handle it is given and nothing
   * else, and is over in milliseconds: other processes wait for the write lock meanwhile.
   */
  transaction: <Result>(work: (db: Db) => Promise<Result>) => Promise<Result>
  /** Rejects when the ledger cannot be written. */
  check: () => Promise<string>
  close: () => Promise<void>
}

/**
 * Opens the ledger at `url` (`sqlite:///absolute/path`), makes it when it is new, and brings its schema up to date;
 * several processes may do so at once. What a transaction wrote is on disk when it resolves (WAL, synchronous=FULL).
 * A write waits `busyMs` for those of other processes, and throws then; `beforeWrite` is waited
 * for before each transaction. `sqlite::memory:` is a ledger of its own that nobody else sees and that is gone when it is
 * closed.
 *
 * @throws BroadsideError `ledger.url`, `ledger.newer` (invalid), `ledger.unavailable` (transient).
 */
export async function openLedger(
  url: string,
  {busyMs = 10_000, beforeWrite}: {busyMs?: number; beforeWrite?: () => Promise<void>} = {},
): Promise<Ledger> {
  const path = pathOf(url)
  const database = openFile(path, busyMs)
  migrate(database, readMigrations())
  const db = new Kysely<Tables>({dialect: createNodeSqliteDialect(database, beforeWrite)})
  return {
    db,
    transaction: (work) => db.transaction().execute(work),
    async check() {
      await db
        .insertInto('facts')
        .values({name: 'check', value: ''})
        .onConflict((c) => c.doNothing())
        .execute()
      return 'sqlite'
    },
    close: () => db.destroy(),
  }
}

const inMemory = ':memory:'

function pathOf(url: string): string {
  if (url === `sqlite:${inMemory}`) return inMemory
  if (url.startsWith('sqlite:///')) return decodeURIComponent(url.slice('sqlite://'.length))
  throw new BroadsideError('invalid', 'ledger.url', `cannot open a ledger at ${url.split(':')[0]}:`, {
    hint: 'DATABASE_URL has the form sqlite:///absolute/path/to/ledger.db',
  })
}

function openFile(path: string, busyMs: number): DatabaseSync {
  try {
    if (path !== inMemory) mkdirSync(dirname(path), {recursive: true})
    const database = new DatabaseSync(path, {timeout: busyMs})
    // For migrations: SQL itself cannot fold the names that are there already.
    database.function('case_folded', {deterministic: true}, (path) => caseFolded(String(path)))
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    return database
  } catch (cause) {
    throw new BroadsideError('transient', 'ledger.unavailable', `cannot open the ledger at ${path}`, {
      cause,
      hint: 'Look at the folder: does it exist, is it ours to write, is the disk full?',
    })
  }
}

type Migration = {version: number; name: string; sql: string}

function readMigrations(): Migration[] {
  const folder = fileURLToPath(new URL('../migrations/', import.meta.url))
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => ({version: Number.parseInt(name, 10), name, sql: readFileSync(folder + name, 'utf8')}))
}

/** Under the write lock, so that of several processes that start together one migrates and the others find it done. */
function migrate(database: DatabaseSync, migrations: Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  const versionNow = (): number => Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0)
  if (versionNow() === newest) return
  database.exec('begin immediate')
  try {
    const from = versionNow()
    if (from > newest) {
      throw new BroadsideError(
        'invalid',
        'ledger.newer',
        `the ledger has schema ${from}, this Broadside knows ${newest}`,
        {
          hint: 'It was opened by a newer Broadside; run that one',
        },
      )
    }
    for (const {version, sql} of migrations) if (version > from) database.exec(sql)
    database.exec(`pragma user_version = ${newest}; commit`)
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
