import {spawn} from 'node:child_process'
import {mkdir, open, readFile, rename, stat} from 'node:fs/promises'
import type {FileHandle} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {BroadsideError} from '@broadside/runtime'
import {dockerArguments, removeContainer} from './docker.ts'
import {endProcess, sendSignal} from './end-process.ts'
import {endSurvivor, recordRun} from './last-run.ts'
import {portIsFree} from './ports.ts'
import {searchPath} from './search-path.ts'
import type {RunningServer, ServerExit, ServerName, StartOptions} from './server.ts'
import {nameListener, whoListens} from './who-listens.ts'

/** What differs between the servers. */
export type ServerKind = {
  name: ServerName
  /** Writes the configuration and gives the server's arguments. */
  configure(address: {host: string; port: number; dir: string}): Promise<string[]>
  /** Whether this very server, and not another on the port, answers and is ready to work. */
  isReady(): Promise<boolean>
}

const maxLogBytes = 8 * 1024 * 1024

/**
 * Starts the server on its folder and resolves when it answers. It runs in a process group of its own, so that
 * Ctrl-C in a terminal reaches us and not it. See `startNats` for what is thrown.
 */
export async function runServer(kind: ServerKind, options: StartOptions): Promise<RunningServer> {
  const {name} = kind
  const {dir, port, host = '127.0.0.1', image, readyMs = 30_000} = options
  await mkdir(dir, {recursive: true})
  await endSurvivor(name, dir)
  if (image !== undefined) await removeContainer(options.bin, name, dir)
  if (!(await portIsFree(port, host))) throw await portTaken(name, host, port)

  const args = await kind.configure({host: image === undefined ? host : '0.0.0.0', port, dir})
  const logFile = join(dir, 'server.log')
  const log = await openLog(logFile)
  const logStart = (await log.stat()).size
  const [file, ...rest] = commandOf(name, options, args)
  const child = spawn(file, rest, {
    cwd: dir,
    env: {...process.env, ...options.env},
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  let expected = false
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('error', () => resolve({code: null, signal: null, expected}))
    child.once('exit', (code, signal) => resolve({code, signal, expected}))
  })
  let isGone = false
  void exited.then(() => (isGone = true))
  const startFailed = async (what: string) =>
    new BroadsideError(
      'transient',
      'servers.start-failed',
      `${name}-server ${what}: ${await readTail(logFile, logStart)}`,
      {
        hint: `All that it printed is in ${logFile}.`,
        details: {server: name, port, log: logFile},
      },
    )
  const {pid} = child
  if (pid === undefined) {
    await exited
    await log.close()
    throw await startFailed(`could not be run from ${options.bin}`)
  }
  await log.close()
  child.unref()
  const endWithUs = () => sendSignal(pid, 'SIGTERM')
  process.once('exit', endWithUs)
  void exited.then(() => process.off('exit', endWithUs))
  const {identity} = await recordRun(dir, pid)

  const stop = async () => {
    expected = true
    // It no longer keeps us from ending, but we wait for it now: without this Node could find nothing left to wait for.
    child.ref()
    await endProcess(pid, identity)
    if (image !== undefined) await removeContainer(options.bin, name, dir)
    await exited
  }
  const deadline = performance.now() + readyMs
  while (isGone || !(await kind.isReady())) {
    if (isGone) {
      if (!(await portIsFree(port, host))) throw await portTaken(name, host, port)
      throw await startFailed('ended at its start')
    }
    if (performance.now() > deadline) {
      await stop()
      throw await startFailed(`did not answer on ${host}:${port} within ${readyMs / 1000} s`)
    }
    await delay(15)
  }
  return {name, url: `${name}://${host}:${port}`, port, pid, logFile, stop, exited}
}

async function openLog(file: string): Promise<FileHandle> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > maxLogBytes) await rename(file, `${file}.old`)
  return await open(file, 'a')
}

function commandOf(name: ServerName, options: StartOptions, args: string[]): [string, ...string[]] {
  const {bin, image, diesWithParent = false} = options
  if (image !== undefined) return [bin, ...dockerArguments(image, name, options, args)]
  const setpriv = diesWithParent && process.platform === 'linux' ? searchPath('setpriv')[0] : undefined
  return setpriv === undefined ? [bin, ...args] : [setpriv, '--pdeathsig', 'TERM', '--', bin, ...args]
}

async function portTaken(name: ServerName, host: string, port: number): Promise<BroadsideError> {
  const listener = await whoListens(port)
  const message = `${name}-server cannot listen on ${host}:${port}: the port is held by ${nameListener(listener)}`
  return new BroadsideError('invalid', 'servers.port-taken', message, {
    hint: 'Stop that process, or choose another port.',
    details: {server: name, port, ...(listener === undefined ? {} : {pid: listener.pid, command: listener.command})},
  })
}

async function readTail(file: string, start: number): Promise<string> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0))
  const text = bytes.subarray(start).toString('utf8').trim()
  return text === '' ? 'it printed nothing' : text.split('\n').slice(-12).join('\n')
}
