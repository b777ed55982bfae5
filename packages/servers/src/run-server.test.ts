import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile, mkdir} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {jetstream, jetstreamManager} from '@nats-io/jetstream'
import {connect} from '@nats-io/transport-node'
import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {findServers, freePort, provideServers, startNats, startRedis} from './index.ts'
import {identityOf} from './process-identity.ts'
import type {RunningServer, ServerName, ServerProgram, StartOptions} from './server.ts'

let programs: Record<ServerName, ServerProgram>
let root: string
const running: RunningServer[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside servers '))
  const [nats, redis] = await findServers(['nats', 'redis'])
  programs = {nats: nats as ServerProgram, redis: redis as ServerProgram}
}, 120_000)

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
})

afterAll(() => rm(root, {recursive: true, force: true}))

describe('a started NATS', () => {
  test('keeps its streams over SIGKILL and a restart on the same folder', async () => {
    const options = await place('nats')
    const first = await start('nats', options)
    await withNats(first.url, async (connection) => {
      await (await jetstreamManager(connection)).streams.add({name: 'facts', subjects: ['fact.>']})
      await jetstream(connection).publish('fact.kept', 'hello')
    })
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({code: null, signal: 'SIGKILL', expected: false})

    const second = await start('nats', options)
    await withNats(second.url, async (connection) => {
      const stream = await (await jetstreamManager(connection)).streams.get('facts')
      expect((await stream.getMessage({seq: 1}))?.string()).toBe('hello')
    })
  })

  test('is not started on a port that another process holds, and says which', async () => {
    const options = await place('nats')
    const holder = createServer().listen(options.port, '127.0.0.1')
    await once(holder, 'listening')
    onTestFinished(() => void holder.close())
    await expect(startNats(options)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'servers.port-taken',
      details: {server: 'nats', port: options.port, pid: process.pid},
    })
  })

  test('that cannot start is an error with what it printed', async () => {
    const options = await place('nats')
    await mkdir(options.dir, {recursive: true})
    await writeFile(join(options.dir, 'jetstream'), 'a file where its folder should be')
    await expect(startNats(options)).rejects.toMatchObject({
      code: 'servers.start-failed',
      message: expect.stringMatching(/ended at its start: [^]*jetstream/i),
    })
  })
})

describe('a started Redis', () => {
  test('keeps its keys over SIGKILL and a restart on the same folder', async () => {
    const options = await place('redis')
    const first = await start('redis', options)
    await withRedis(first.url, (redis) => redis.set('kept', 'hello'))
    process.kill(first.pid, 'SIGKILL')
    await first.exited

    const second = await start('redis', options)
    expect(await withRedis(second.url, (redis) => redis.get('kept'))).toBe('hello')
  })

  test('appends each write, syncs every second, evicts nothing and listens on loopback alone', async () => {
    const {url} = await start('redis', await place('redis'))
    const read = (key: string) => withRedis(url, async (redis) => (await redis.config('GET', key))[1])
    expect({
      appendonly: await read('appendonly'),
      appendfsync: await read('appendfsync'),
      save: await read('save'),
      'maxmemory-policy': await read('maxmemory-policy'),
      bind: await read('bind'),
    }).toEqual({
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'maxmemory-policy': 'noeviction',
      bind: '127.0.0.1',
    })
  })

  test('whose executable is not there is an error', async () => {
    const options = await place('redis')
    await expect(startRedis({...options, bin: '/nowhere/redis-server'})).rejects.toMatchObject({
      code: 'servers.start-failed',
      message: expect.stringContaining('/nowhere/redis-server'),
    })
  })
})

describe.each(['nats', 'redis'] as const)('a started %s', (name) => {
  test('is gone after stop, and a second stop waits for the same end', async () => {
    const server = await start(name, await place(name))
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
    expect(await identityOf(server.pid)).toBeUndefined()
    expect(await server.exited).toMatchObject({expected: true})
  })

  test('does not belong to our process group, which Ctrl-C in a terminal goes to', async () => {
    const server = await start(name, await place(name))
    const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8')
    expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]).toBe(String(server.pid))
  })

  test('is not started a second time on a folder whose owner lives', async () => {
    const options = await place(name)
    const server = await start(name, options)
    await expect(start(name, {...options, port: await freePort()})).rejects.toMatchObject({
      kind: 'invalid',
      code: 'servers.in-use',
      details: {pid: server.pid, owner: process.pid},
    })
  })

  test('that outlived its killed owner is ended when its folder is opened again on the same port', async () => {
    const options = await place(name)
    const survivor = await startAndKillOwner(name, options)
    expect(await identityOf(survivor)).toBeDefined()
    const server = await start(name, options)
    expect(server.pid).not.toBe(survivor)
    expect(await identityOf(survivor)).toBeUndefined()
  })

  test('dies with its killed owner when that was asked for', async () => {
    const server = await startAndKillOwner(name, {...(await place(name)), diesWithParent: true})
    await until(async () => (await identityOf(server)) === undefined)
  })
})

test('two homes run at once, each on ports and folders of its own', async () => {
  const homes = await Promise.all(['one', 'two'].map((home) => mkdtemp(join(root, `${home}-`))))
  const provided = []
  for (const home of homes) provided.push(await provideServers({home}))
  running.push(...provided.flatMap((servers) => servers.started))
  const urls = provided.flatMap(({urls}) => [urls.nats, urls.redis])
  expect(new Set(urls).size).toBe(4)
  for (const [index, {urls}] of provided.entries()) {
    await withRedis(urls.redis as string, (redis) => redis.set('home', index))
  }
  expect(await withRedis(provided[0]?.urls.redis as string, (redis) => redis.get('home'))).toBe('0')
  await provided[0]?.stop()
  expect(await withRedis(provided[1]?.urls.redis as string, (redis) => redis.ping())).toBe('PONG')
})

test('a server whose address is given is used and not started', async () => {
  const redis = await start('redis', await place('redis'))
  const provided = await provideServers({home: join(root, 'given'), need: ['redis'], redisUrl: redis.url})
  expect(provided).toMatchObject({urls: {redis: redis.url}, started: []})
  await provided.stop()
  expect(await withRedis(redis.url, (client) => client.ping())).toBe('PONG')
})

test('when one of the servers cannot start, the one that did is stopped again', async () => {
  const home = await mkdtemp(join(root, 'half-'))
  const taken = await start('redis', await place('redis'))
  const nats = await freePort()
  const attempt = provideServers({home, ports: {nats, redis: taken.port}})
  await expect(attempt).rejects.toMatchObject({code: 'servers.port-taken', details: {pid: taken.pid}})
  expect(await freePort(nats)).toBe(nats)
})

async function place(name: ServerName): Promise<StartOptions> {
  return {...programs[name], dir: join(await mkdtemp(join(root, 'home ')), name), port: await freePort()}
}

async function start(name: ServerName, options: StartOptions): Promise<RunningServer> {
  const server = await (name === 'nats' ? startNats : startRedis)(options)
  running.push(server)
  return server
}

/** Starts a server in a process of its own, kills that with SIGKILL, and gives the server's process id. */
async function startAndKillOwner(name: ServerName, options: StartOptions): Promise<number> {
  const code = `
    const {startNats, startRedis} = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    const server = await ${name === 'nats' ? 'startNats' : 'startRedis'}(${JSON.stringify(options)})
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], {stdio: ['ignore', 'pipe', 'inherit']})
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  return Number(line.toString())
}

async function withNats<T>(
  url: string,
  use: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const connection = await connect({servers: url})
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}

async function until(isSo: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms`)
    await delay(20)
  }
}
