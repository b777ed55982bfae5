import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {freePort, type VarnishProgram} from '@broadside/servers'
import {until} from './until.ts'

export type Varnish = {url: string; close: () => Promise<void>}

const vcl = join(import.meta.dirname, '..', '..', '..', 'infra', 'varnish.vcl')

/** Varnish in front of `origin`, with the configuration that operators are given; in memory, on loopback. */
export async function startVarnish({bin, env}: VarnishProgram, origin: string): Promise<Varnish> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-varnish-'))
  const config = join(home, 'site.vcl')
  await writeFile(config, (await readFile(vcl, 'utf8')).replace('"8080"', `"${new URL(origin).port}"`))
  const url = `http://127.0.0.1:${await freePort()}/`
  const options = ['-F', '-j', 'none', '-n', join(home, 'work'), '-f', config, '-s', 'malloc,16m']
  const listens = ['-a', new URL(url).host, '-p', 'thread_pools=1', '-p', 'thread_pool_min=10']
  // Should this process be killed, the kernel ends it.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', bin, ...options, ...listens], {
    env: {...process.env, ...env},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const ended = once(child, 'exit')
  await until('Varnish answers', async () => {
    if (child.exitCode !== null) throw new Error(said)
    return (await fetch(url)).status > 0
  })
  return {
    url,
    async close() {
      child.kill('SIGTERM')
      await ended
      await rm(home, {recursive: true, force: true})
    },
  }
}
