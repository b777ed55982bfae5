import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {basename} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {importPeople, judgeImport, type ImportedPerson, type Ledger, type SubscriberChange} from '@broadside/ledger'
import {BroadsideError, type Clock} from '@broadside/runtime'
import {parseAddress, readSubscribers, type ImportRow, type ParsedAddress, type Tokens} from '@broadside/subscribers'
import {cleanName, newId} from './sign-up.ts'

/** What an import did, or without `yes` would do. */
export type ImportReport = {
  dryRun: boolean
  rows: number
  /** New people, by the state they came in. */
  added: Record<string, number>
  /** Known people whose state the file changed, by the new state. */
  changed: Record<string, number>
  /** Known people whom the file says nothing new about, or whose own no stands against it. */
  unchanged: number
  refused: number
  /** The first hundred refused rows. */
  reasons: {line: number; reason: string}[]
}

/** Rows in one transaction: some milliseconds, and in between others get their turn. */
const chunk = 500
const toldReasons = 100

/**
 * Brings a file of subscribers in, a chunk at a time; a repeat after a break passes over what is in already. It never
 * makes anybody active who left. Without `yes` it reads the ledger and writes nothing (a person who stands in two
 * chunks counts twice as new then). `tell` hears how many bytes of the file are done.
 *
 * @throws BroadsideError `subscribers.file` (invalid), and what `readSubscribers` throws.
 */
export async function importSubscribers(
  {ledger, tokens, clock}: {ledger: Ledger; tokens: Tokens; clock: Clock},
  {site, path, yes}: {site: string; path: string; yes: boolean},
  tell: (progress: {done: number; total: number}) => Promise<void> = async () => {},
): Promise<ImportReport> {
  const report: ImportReport = {
    dryRun: !yes,
    rows: 0,
    added: {},
    changed: {},
    unchanged: 0,
    refused: 0,
    reasons: [],
  }
  const cause = `import of ${basename(path).replaceAll('@', '_')}`
  const tracesOf = (address: ParsedAddress) => tokens.traces(site, address)
  const progress = {done: 0, total: (await stat(path).catch(cannotRead(path))).size}
  let people: ImportedPerson[] = []
  /** Whether the rows before changed nothing: those of a file that is in already are looked at without a lock. */
  let isRepeat = false
  for await (const row of readSubscribers(readFile(path, progress))) {
    report.rows += 1
    const person = personOf(row)
    if (person === undefined) refuse(report, row)
    else people.push(person)
    if (people.length < chunk) continue
    await keep(people)
    people = []
    if (report.rows % (chunk * 20) < chunk) await tell({...progress})
    await setImmediate()
  }
  if (people.length > 0) await keep(people)
  return report

  async function keep(part: ImportedPerson[]): Promise<void> {
    const looked = isRepeat || !yes ? await judgeImport(ledger.db, site, part, tracesOf) : undefined
    const changes =
      looked !== undefined && (!yes || looked.every(isNothing))
        ? looked
        : await ledger.transaction((tx) => importPeople(tx, site, part, {cause, now: clock.now(), tracesOf}))
    isRepeat = changes.every(isNothing)
    for (const change of changes) count(report, change)
  }
}

function isNothing({before, after}: SubscriberChange): boolean {
  return before === after
}

function personOf({address, name, status, createdAt, reason}: ImportRow): ImportedPerson | undefined {
  if (reason !== undefined || address === undefined) return undefined
  const since = createdAt === undefined ? undefined : Date.parse(createdAt)
  return {address: parseAddress(address), name: cleanName(name), status, createdAt: since, newId: newId()}
}

function count(report: ImportReport, change: SubscriberChange): void {
  const {before, after} = change
  if (isNothing(change)) report.unchanged += 1
  else {
    const states = before === undefined ? report.added : report.changed
    states[after] = (states[after] ?? 0) + 1
  }
}

function refuse(report: ImportReport, {line, reason}: ImportRow): void {
  report.refused += 1
  if (report.reasons.length < toldReasons) report.reasons.push({line, reason: reason ?? 'has no address'})
}

async function* readFile(path: string, progress: {done: number}): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(path) as AsyncIterable<Uint8Array>) {
      yield bytes
      progress.done += bytes.length
    }
  } catch (cause) {
    cannotRead(path)(cause)
  }
}

function cannotRead(path: string): (cause: unknown) => never {
  return (cause) => {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new BroadsideError('invalid', 'subscribers.file', `cannot read ${path} (${code})`, {
      cause,
      hint: 'The audience service reads the file itself, so it must be able to',
    })
  }
}
