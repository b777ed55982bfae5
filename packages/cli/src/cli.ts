import {lookup, resolveTxt, reverse} from 'node:dns/promises'
import {once} from 'node:events'
import type {Writable} from 'node:stream'
import {openLedger, type Ledger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {systemClock, type Clock} from '@broadside/runtime'
import colors from 'picocolors'
import type {Resolver} from './doctor/mail-records.ts'
import {findInstallation} from './find-installation.ts'

type Output = Writable & {isTTY?: boolean; columns?: number}

/** What a run of the command line has of the world around it. */
export type Surroundings = {
  stdout: Output
  stderr: Output
  env: Record<string, string | undefined>
  /** Folder that relative paths start from. */
  cwd: string
  clock?: Clock
  /** How long a service is given to carry out a request, ms. */
  patienceMs?: number
  /** Makes what renders documents; whoever runs many verbs may hand the same out each time. */
  createPool?: typeof createRenderPool
  /** Answers questions to DNS. */
  resolver?: Resolver
  /** Ends a verb that would go on until somebody ends it. */
  signal?: AbortSignal
}

/** What every verb works with. */
export type Cli = Required<Omit<Surroundings, 'signal'>> & {
  signal?: AbortSignal
  /** Writes to stdout and waits where the reader is slow. */
  write: (text: string) => Promise<void>
  /** Says something to whoever runs the verb; never mixed with its output. */
  say: (line: string) => void
  /** Colours of stdout and of stderr; plain text where that is no terminal. */
  paint: ReturnType<typeof colors.createColors>
  paintSaid: ReturnType<typeof colors.createColors>
  /** Opens the ledger of the installation for `work`, and closes it afterwards. */
  withLedger: <Result>(work: (ledger: Ledger) => Promise<Result>) => Promise<Result>
  /** The exit code of a verb that ended well and yet has something to report. */
  exitCode: number
}

const defaultPatienceMs = 10_000

export function createCli(surroundings: Surroundings): Cli {
  const {stdout, stderr, env} = surroundings
  const isPlain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== ''
  const cli: Cli = {
    clock: systemClock,
    patienceMs: defaultPatienceMs,
    createPool: createRenderPool,
    resolver: {lookup, resolveTxt, reverse},
    ...surroundings,
    async write(text) {
      if (!stdout.write(text)) await once(stdout, 'drain')
    },
    say: (line) => void stderr.write(`${line}\n`),
    paint: colors.createColors(stdout.isTTY === true && !isPlain),
    paintSaid: colors.createColors(stderr.isTTY === true && !isPlain),
    async withLedger(work) {
      const ledger = await openLedger(findInstallation(cli).ledgerUrl)
      try {
        return await work(ledger)
      } finally {
        await ledger.close()
      }
    },
    exitCode: 0,
  }
  return cli
}
