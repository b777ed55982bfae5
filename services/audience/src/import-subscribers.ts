import {createReadStream} from 'node:fs'
import {basename} from 'node:path'
import {recordByAddress, type Ledger, type SubscriberChange} from '@broadside/ledger'
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

/** Rows in one transaction: some milliseconds. */
const chunk = 100
const toldReasons = 100

/**
 * Brings a file of subscribers in, a chunk at a time; a repeat after a break changes nothing more. It never makes
 * anybody active who left. Without `yes` every chunk is tried and taken back, so that the report is what would happen
 * (a person who stands in two chunks counts twice as new then).
 *
 * @throws BroadsideError `subscribers.file` (invalid), and what `readSubscribers` throws.
 */
export async function importSubscribers(
  {ledger, tokens, clock}: {ledger: Ledger; tokens: Tokens; clock: Clock},
  {site, path, yes}: {site: string; path: string; yes: boolean},
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
  let rows: ImportRow[] = []
  for await (const row of readSubscribers(readFile(path))) {
    report.rows += 1
    if (row.reason === undefined && row.address !== undefined) rows.push(row)
    else refuse(report, row)
    if (rows.length < chunk) continue
    await keep(rows)
    rows = []
  }
  await keep(rows)
  return report

  function withTraces(address: ParsedAddress) {
    return {address, traces: tokens.traces(site, address)}
  }

  async function keep(batch: ImportRow[]): Promise<void> {
    const changes: (SubscriberChange | undefined)[] = []
    const work = ledger.transaction(async (tx) => {
      for (const {address, name, status, createdAt} of batch) {
        const since = createdAt === undefined ? undefined : Date.parse(createdAt)
        changes.push(
          await recordByAddress(tx, site, {
            ...withTraces(parseAddress(address!)),
            name: cleanName(name),
            newId: newId(),
            createdAt: since,
            event: `imported:${status}`,
            cause,
            now: clock.now(),
          }),
        )
      }
      if (!yes) throw new TakenBack()
    })
    await work.catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error
    })
    for (const change of changes) count(report, change)
  }
}

/** Ends a transaction of a dry run, so that none of it is kept. */
class TakenBack extends Error {}

function count(report: ImportReport, change: SubscriberChange | undefined): void {
  if (change === undefined || change.before === change.after) report.unchanged += 1
  else {
    const states = change.before === undefined ? report.added : report.changed
    states[change.after] = (states[change.after] ?? 0) + 1
  }
}

function refuse(report: ImportReport, {line, reason}: ImportRow): void {
  report.refused += 1
  if (report.reasons.length < toldReasons) report.reasons.push({line, reason: reason ?? 'has no address'})
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new BroadsideError('invalid', 'subscribers.file', `cannot read ${path} (${code})`, {
      cause,
      hint: 'The audience service reads the file itself, so it must be able to',
    })
  }
}
