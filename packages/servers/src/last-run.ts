import {readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import {endProcess} from './end-process.ts'
import {identityOf} from './process-identity.ts'
import type {ServerName} from './server.ts'

type Process = {pid: number; identity: string}
type LastRun = {server: Process; owner: Process}

const recordFile = (dir: string) => join(dir, 'running.json')

/** Records which process serves this folder and for whom, for the next start to find. */
export async function recordRun(dir: string, serverPid: number): Promise<Process> {
  const server = {pid: serverPid, identity: (await identityOf(serverPid)) ?? 'gone'}
  const owner = {pid: process.pid, identity: (await identityOf(process.pid)) ?? 'gone'}
  const aside = `${recordFile(dir)}.new`
  await writeFile(aside, JSON.stringify({server, owner} satisfies LastRun))
  await rename(aside, recordFile(dir))
  return server
}

/**
 * Ends a server that still serves this folder after its owner was killed, since two on one folder would ruin the
 * data. Throws `servers.in-use` (invalid) when the owner lives. No survivor, no effect.
 */
export async function endSurvivor(name: ServerName, dir: string): Promise<void> {
  const last = await readRecord(dir)
  if (last === undefined || (await identityOf(last.server.pid)) !== last.server.identity) return
  if ((await identityOf(last.owner.pid)) === last.owner.identity) {
    const message = `A ${name}-server (pid ${last.server.pid}) already runs on ${dir}, for process ${last.owner.pid}`
    throw new BroadsideError('invalid', 'servers.in-use', message, {
      hint: `Stop process ${last.owner.pid} first, or use another BROADSIDE_HOME.`,
      details: {server: name, pid: last.server.pid, owner: last.owner.pid},
    })
  }
  await endProcess(last.server.pid, last.server.identity)
}

async function readRecord(dir: string): Promise<LastRun | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(dir), 'utf8')) as LastRun
  } catch {
    return undefined
  }
}
