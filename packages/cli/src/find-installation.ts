import {existsSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {BroadsideError, readConfig} from '@broadside/runtime'
import {z} from 'zod'

/** What the command line needs to know of an installation on this machine. */
export type Installation = {
  ledgerUrl: string
  consoleUrl: string | undefined
  natsUrl: string | undefined
  redisUrl: string | undefined
  objectsUrl: string | undefined
  /** Where webhooks come to, when that is told. */
  hooksUrl: string | undefined
}

const text = z.string().optional()
const projectRoot = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Finds the ledger: `DATABASE_URL`, else what `run.json` in `BROADSIDE_HOME` (default `.broadside` in Broadside's own
 * folder) says, else `ledger.db` there; and servers by their variables, else by the same `run.json`. Nothing is made
 * where nothing is.
 *
 * @throws BroadsideError `cli.no-ledger` (invalid).
 */
export function findInstallation({env, cwd}: {env: Record<string, string | undefined>; cwd: string}): Installation {
  const home = homeOf(env, cwd)
  const run = readRunFile(join(home, 'run.json'))
  const {DATABASE_URL: databaseUrl} = env
  const file = join(home, 'ledger.db')
  const ledgerUrl =
    databaseUrl !== undefined && databaseUrl !== ''
      ? databaseUrl
      : (run.ledgerUrl ?? (existsSync(file) ? toLedgerUrl(file) : undefined))
  if (ledgerUrl === undefined) throw noLedger(`there is no ledger in ${home}`)
  if (ledgerUrl.startsWith('sqlite:///') && !existsSync(decodeURIComponent(ledgerUrl.slice('sqlite://'.length)))) {
    throw noLedger(`there is no ledger at ${ledgerUrl}`)
  }
  // What runs here is of the ledger that is told beside it.
  const {natsUrl, redisUrl, objectsUrl, intakeUrl} = databaseUrl === undefined || databaseUrl === '' ? run : {}
  const given = readConfig({NATS_URL: text, REDIS_URL: text, OBJECTS_URL: text}, env)
  return {
    ledgerUrl,
    consoleUrl: run.consoleUrl,
    natsUrl: given.NATS_URL ?? natsUrl,
    redisUrl: given.REDIS_URL ?? redisUrl,
    objectsUrl: given.OBJECTS_URL ?? objectsUrl,
    hooksUrl: intakeUrl,
  }
}

/**
 * Where the ledger is, or would be if there were one, and the process that runs on it, where that is told.
 * @throws BroadsideError `cli.no-ledger` (invalid) for an address that is no file.
 */
export function findLedgerPlace({env, cwd}: {env: Record<string, string | undefined>; cwd: string}): {
  file: string
  /** The folder with the servers' data, where it is Broadside's own. */
  home: string | undefined
  pid: number | undefined
} {
  const home = homeOf(env, cwd)
  const {DATABASE_URL: url = ''} = env
  const {pid} = readRunFile(join(home, 'run.json'))
  if (url === '') return {file: join(home, 'ledger.db'), home, pid}
  if (url.startsWith('sqlite:///'))
    return {file: decodeURIComponent(url.slice('sqlite://'.length)), home: undefined, pid: undefined}
  throw noLedger(`there is no file at ${url}`)
}

function homeOf(env: Record<string, string | undefined>, cwd: string): string {
  const given = env['BROADSIDE_HOME']
  return given === undefined || given === '' ? join(projectRoot, '.broadside') : resolve(cwd, given)
}

function toLedgerUrl(file: string): string {
  return pathToFileURL(file).href.replace(/^file:/, 'sqlite:')
}

type Run = {
  [name in 'ledgerUrl' | 'consoleUrl' | 'natsUrl' | 'redisUrl' | 'objectsUrl' | 'intakeUrl']?: string | undefined
} & {pid?: number}

/** A file that is being written, or is somebody else's, says nothing. */
function readRunFile(file: string): Run {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null
    const at = (name: string) => {
      const value = run?.[name]
      return typeof value === 'string' && value !== '' ? value : undefined
    }
    return {
      ledgerUrl: at('ledgerUrl'),
      consoleUrl: at('consoleUrl'),
      natsUrl: at('natsUrl'),
      redisUrl: at('redisUrl'),
      objectsUrl: at('objectsUrl'),
      intakeUrl: at('intakeUrl'),
      ...(typeof run?.['pid'] === 'number' ? {pid: run['pid']} : {}),
    }
  } catch {
    return {}
  }
}

function noLedger(message: string): BroadsideError {
  return new BroadsideError('invalid', 'cli.no-ledger', message, {
    hint: 'Start Broadside once (npm start), or say where it is with BROADSIDE_HOME or DATABASE_URL',
  })
}
