import {fork, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {freePort} from '@broadside/servers'

export type Sink = {url: string; process?: ChildProcess}

/**
 * A mail server that keeps nothing: the one at a URL, `smtp-sink` of Postfix (in C, which takes next to no CPU), or
 * `smtp-server` of npm.
 */
export async function startSink(given: string): Promise<Sink> {
  if (given.startsWith('smtp://')) return {url: given}
  if (given === 'smtp-sink') {
    const port = await freePort()
    // It wants another user where it is started by root.
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
    const child = spawn('smtp-sink', [...user, `127.0.0.1:${port}`, '1000'], {stdio: ['ignore', 'ignore', 'inherit']})
    await answers(port)
    return {url: `smtp://127.0.0.1:${port}`, process: child}
  }
  const child = fork(join(import.meta.dirname, 'mail-sink.ts'))
  const [port] = (await once(child, 'message')) as [number]
  return {url: `smtp://127.0.0.1:${port}`, process: child}
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = createConnection({host: '127.0.0.1', port})
    try {
      await once(socket, 'connect')
      socket.destroy()
      return
    } catch (error) {
      if (tries > 100) throw error
      await delay(50)
    }
  }
}

/**
 * `smtp-source` of Postfix: the same number of messages of the same size, with nothing in them. What it sends is what the
 * machine and the other side can take at most.
 */
export async function runSource(
  url: string,
  {people, connections, bytes}: {people: number; connections: number; bytes: number},
): Promise<{cpuMs: number; sendMs: number}> {
  const {hostname, port} = new URL(url)
  const program = `smtp-source -d -s ${connections} -l ${bytes} -m ${people} ${hostname}:${port}; times`
  const began = performance.now()
  const child = spawn('/bin/sh', ['-c', program], {stdio: ['ignore', 'pipe', 'inherit']})
  let told = ''
  child.stdout.on('data', (some: Buffer) => (told += some.toString()))
  const [code] = (await once(child, 'close')) as [number]
  const sendMs = performance.now() - began
  // The second line of `times` is what the shell's children took: user and system, as 0m1.23s.
  const spent = [...(told.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  if (code !== 0 || spent.length !== 2) throw new Error('smtp-source did not run; Postfix brings it')
  const cpuMs = spent.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0)
  return {cpuMs, sendMs}
}
