import {chmod, rm} from 'node:fs/promises'
import {pathToFileURL} from 'node:url'
import {BroadsideError} from '@broadside/runtime'
import {sql} from 'kysely'
import {openLedger, type Ledger} from './open-ledger.ts'
import {disarmSending} from './sending.ts'

const name = 'backup'

/** What a backup carries beside the ledger. */
export type BackupFacts = {
  madeAt: number
  /** What links in mails are signed with, as the installation keeps it; absent where the environment holds it. */
  tokenKey?: string | undefined
}

/**
 * Writes a whole and consistent copy of the ledger to a new file, while others read and write it. The file is for its
 * owner alone, since it holds addresses and, with `tokenKey`, a secret.
 *
 * @throws BroadsideError `backup.exists` (invalid), `backup.failed` (transient).
 */
export async function writeBackup(ledger: Ledger, file: string, facts: BackupFacts): Promise<void> {
  try {
    await sql`vacuum into ${file}`.execute(ledger.db)
  } catch (cause) {
    const isThere = cause instanceof Error && /already exists/.test(cause.message)
    if (isThere) throw new BroadsideError('invalid', 'backup.exists', `there is something at ${file} already`)
    await rm(file, {force: true})
    throw new BroadsideError('transient', 'backup.failed', `cannot write a backup to ${file}`, {
      cause,
      hint: 'Look at the folder: does it exist, is it ours to write, is the disk full?',
    })
  }
  await chmod(file, 0o600)
  const copy = await openLedger(ledgerUrlOf(file))
  try {
    await copy.db
      .insertInto('facts')
      .values({name, value: JSON.stringify(facts)})
      .execute()
  } finally {
    await copy.close()
  }
}

/**
 * Makes a copy of a backup ready to be a ledger: brought up to date, proven whole, and with sending disarmed. Gives what
 * came with it, which is no longer in it then. A repeat finds no backup in it.
 *
 * @throws BroadsideError `backup.broken` (invalid), what `openLedger` throws.
 */
export async function readyBackup(file: string): Promise<BackupFacts> {
  const copy = await openLedger(ledgerUrlOf(file)).catch((cause: unknown) => {
    if (cause instanceof BroadsideError && cause.code === 'ledger.newer') throw cause
    throw broken(file, cause)
  })
  try {
    const {rows} = await sql<{integrity_check: string}>`pragma integrity_check`.execute(copy.db)
    if (rows[0]?.integrity_check !== 'ok') throw broken(file, new Error(rows[0]?.integrity_check))
    const row = await copy.db.selectFrom('facts').select('value').where('name', '=', name).executeTakeFirst()
    if (row === undefined) throw broken(file, new Error('it was not made by broadside backup'))
    const facts = JSON.parse(row.value) as BackupFacts
    await copy.transaction(async (db) => {
      await db.deleteFrom('facts').where('name', '=', name).execute()
      await disarmSending(db, `restored from a backup of ${new Date(facts.madeAt).toISOString()}`)
    })
    return facts
  } finally {
    await copy.close()
  }
}

function broken(file: string, cause: unknown): BroadsideError {
  return new BroadsideError('invalid', 'backup.broken', `${file} is no whole backup of a ledger`, {cause})
}

function ledgerUrlOf(file: string): string {
  return pathToFileURL(file).href.replace(/^file:/, 'sqlite:')
}
