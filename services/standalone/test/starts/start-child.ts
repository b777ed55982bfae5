import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {openLedger, type Ledger} from '@broadside/ledger'
import {runProgram, until, type Program} from '@broadside/testkit'
import type {RunFile} from '../../src/home.ts'
import {isAtRest, readStanding} from '../read-standing.ts'

const main = new URL('../../src/main.ts', import.meta.url)

export type ChildOptions = {
  home: string
  /** A repository to follow; the example site without it. */
  site?: string
  args?: string[]
  env?: Record<string, string | undefined>
  nodeArgs?: string[]
}

/** `npm start` in a process of its own. */
export type StandaloneChild = Program & {run: RunFile}

/** Starts Broadside on `home` without waiting for anything. */
export function launch({home, site, args = [], env = {}, nodeArgs = []}: ChildOptions): Program {
  return runProgram(main, {
    args: [...(site === undefined ? [] : ['--site', site]), ...args],
    env: {BROADSIDE_HOME: home, ...env},
    nodeArgs,
  })
}

/** Waits until Broadside says that it is ready. */
export async function whenReady(child: Program, home: string): Promise<StandaloneChild> {
  await child.says('\n  ready\n', {withinMs: 60_000})
  return {...child, run: readRunFile(home)}
}

/** Where the installation in `home` runs. Throws while it does not. */
export function readRunFile(home: string): RunFile {
  return JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as RunFile
}

/** Looks into the ledger of a home, whether Broadside runs there or not. */
export async function withLedger<Result>(home: string, look: (ledger: Ledger) => Promise<Result>): Promise<Result> {
  const ledger = await openLedger(`sqlite://${join(home, 'ledger.db')}`)
  try {
    return await look(ledger)
  } finally {
    await ledger.close()
  }
}

export type Settled = {
  /** At least so many revisions and editions there must be. */
  revisions?: number
  editions?: number
  withinMs?: number
}

/** Waits until the newest revision is live and done, all events are told, and no mail is under way. */
export async function settled(home: string, {revisions = 1, editions = 0, withinMs = 40_000}: Settled = {}) {
  await withLedger(home, ({db}) =>
    until(
      'all is published, told and mailed',
      async () => {
        const standing = await readStanding(db)
        return (standing.revision ?? 0) >= revisions && (standing.editions ?? 0) >= editions && isAtRest(standing)
      },
      {withinMs},
    ),
  )
}

export type CapturedMail = {id: string; to: string[]; from: string; subject: string; receivedAt: string}

export async function mailsOf({mailUrl}: Pick<RunFile, 'mailUrl'>): Promise<CapturedMail[]> {
  return (await (await fetch(new URL('api/messages', mailUrl))).json()) as CapturedMail[]
}
