import {generateKeyPairSync, randomBytes, randomInt, type KeyObject} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {BroadsideError, readSigningKey} from '@broadside/runtime'
import {nameListener, portIsFree, whoListens} from '@broadside/servers'

/** Everything standalone listens on, with the port it prefers. */
const preferredPorts = {
  site: 4000,
  audience: 4001,
  console: 4002,
  mail: 4003,
  intake: 4004,
  smtp: 4025,
  nats: 4222,
  redis: 6379,
}

export type Ports = Record<keyof typeof preferredPorts, number>

/** What run.json tells others of a running installation. */
export type RunFile = {
  pid: number
  siteUrl: string
  audienceUrl: string
  consoleUrl: string
  mailUrl: string
  gitRemote: string
  natsUrl: string
  redisUrl: string
  intakeUrl: string
  ledgerUrl: string
  objectsUrl: string
  site: string
}

/**
 * Takes the home folder for this process, until the function that is given back is called.
 * @throws BroadsideError `standalone.running` (invalid) when another process has it.
 */
export function takeHome(home: string): () => void {
  mkdirSync(home, {recursive: true, mode: 0o700})
  const file = join(home, 'pid')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), {flag: 'wx'})
      return () => rmSync(file, {force: true})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = Number(readFileSync(file, 'utf8'))
    if (owner !== process.pid && isBroadside(owner)) {
      throw new BroadsideError('invalid', 'standalone.running', `Broadside (pid ${owner}) runs in ${home} already`, {
        hint: 'Stop it, or choose another folder with BROADSIDE_HOME',
      })
    }
    rmSync(file, {force: true})
  }
}

/** Whether the process lives and is one of ours: a pid may have gone to somebody else after a crash. */
function isBroadside(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('standalone')
  } catch {
    return true
  }
}

export type PortChoice = {
  /** Chooses although there are ports that were kept. */
  anew: boolean
  /** Those that nobody here listens on. */
  skip: (keyof Ports)[]
  /** Whether the preferred ports are tried first. Tests that run side by side keep away from them. */
  preferred?: boolean
}

/**
 * The ports of this installation, chosen at the first start and kept, so that addresses stay the same.
 * @throws BroadsideError `standalone.port` (invalid) that says who has a kept port now.
 */
export async function choosePorts(home: string, {anew, skip, preferred = true}: PortChoice): Promise<Ports> {
  const file = join(home, 'ports.json')
  const kept = anew ? undefined : (readJson(file) as Ports | undefined)
  if (kept !== undefined) {
    for (const [name, port] of Object.entries(kept)) {
      if (skip.includes(name as keyof Ports) || (await portIsFree(port))) continue
      const who = nameListener(await whoListens(port))
      throw new BroadsideError('invalid', 'standalone.port', `port ${port} (${name}) is taken by ${who}`, {
        hint: 'Stop that, or choose other ports: npm start -- --new-ports',
      })
    }
    return kept
  }
  const chosen = new Map<string, number>()
  for (const [name, wanted] of Object.entries(preferredPorts)) {
    let port = preferred ? wanted : anyPort()
    while ([...chosen.values()].includes(port) || !(await portIsFree(port))) port = anyPort()
    chosen.set(name, port)
  }
  const ports = Object.fromEntries(chosen) as Ports
  writeJson(file, ports)
  return ports
}

/** Below the ports that systems give to outgoing connections, one of which could hold a kept port at the next start. */
function anyPort(): number {
  return randomInt(10_000, 32_000)
}

/** The key of this installation's tokens, made at the first start. Links in mails that were sent hang on it. */
export function readTokenKey(home: string): {id: string; secret: Uint8Array} {
  const file = join(home, 'token-key')
  try {
    return {id: 'k1', secret: Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')}
  } catch {
    const secret = randomBytes(32)
    writeFileSync(file, `${secret.toString('base64')}\n`, {mode: 0o600, flag: 'wx'})
    return {id: 'k1', secret}
  }
}

/** The key that this installation signs publish receipts with, made when the first one is asked for. */
export function readReceiptKey(home: string): KeyObject {
  const file = join(home, 'receipt-key')
  if (!existsSync(file)) {
    const {privateKey} = generateKeyPairSync('ed25519')
    writeFileSync(file, privateKey.export({format: 'pem', type: 'pkcs8'}), {mode: 0o600, flag: 'wx'})
  }
  return readSigningKey(readFileSync(file, 'utf8'))
}

export function writeRunFile(home: string, run: RunFile): () => void {
  const file = join(home, 'run.json')
  writeJson(file, run)
  return () => rmSync(file, {force: true})
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}
