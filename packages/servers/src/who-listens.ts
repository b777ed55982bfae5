import {execFile} from 'node:child_process'
import {readdir, readFile, readlink} from 'node:fs/promises'
import {basename} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** A process, as far as this one may see it. Arguments are left out, because they may hold secrets. */
export type Listener = {pid: number; command: string}

/**
 * The process that listens on a TCP port of this machine, read from /proc on Linux and from `lsof` elsewhere. Best
 * effort: undefined when there is none, and when it belongs to another user or another container.
 */
export async function whoListens(port: number): Promise<Listener | undefined> {
  if (process.platform !== 'linux') return await askLsof(port)
  const inodes = await listeningInodes(port)
  if (inodes.size === 0) return undefined
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  for (const pid of pids) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const handle of handles) {
      const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode !== undefined && inodes.has(inode)) return {pid: Number(pid), command: await commandOf(pid)}
    }
  }
  return undefined
}

/** For people: `redis-server (pid 12)`, or that it cannot be seen. */
export function nameListener(listener: Listener | undefined): string {
  return listener === undefined
    ? 'a process that cannot be seen from here'
    : `${listener.command} (pid ${listener.pid})`
}

async function listeningInodes(port: number): Promise<Set<string>> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const listening = '0A'
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)
    for (const line of lines) {
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(`:${hex}`) && fields[3] === listening && fields[9] !== undefined) inodes.add(fields[9])
    }
  }
  return inodes
}

/** The program, and the script when the program is an interpreter. */
async function commandOf(pid: string): Promise<string> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const program = basename(args[0]?.split(' ')[0] ?? '') || 'unknown'
  const script = args[1]
  const isInterpreter = /^(node|bun|deno|python[\d.]*|ruby|java|perl|sh|bash)$/.test(program)
  return isInterpreter && script !== undefined && /^[\w./~-]+\.\w+$/.test(script) ? `${program} ${script}` : program
}

async function askLsof(port: number): Promise<Listener | undefined> {
  const answer = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).catch(() => undefined)
  const pid = /^p(\d+)$/m.exec(answer?.stdout ?? '')?.[1]
  return pid === undefined
    ? undefined
    : {pid: Number(pid), command: /^c(.+)$/m.exec(answer?.stdout ?? '')?.[1] ?? 'unknown'}
}
