import {chmod, mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import type {DebianPackages} from './debian-packages.ts'
import {findServer, findServers} from './find-server.ts'
import {readVersion} from './read-version.ts'
import {searchPath} from './search-path.ts'
import {makeUnpacked, readUnpacked} from './unpacked-server.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside find '))
})
afterAll(() => rm(root, {recursive: true, force: true}))
afterEach(() => {
  delete process.env['REDIS_SERVER']
})

describe('findServer', () => {
  test('finds both servers on this machine, and they tell a version that can be used', async () => {
    const found = await findServers(['nats', 'redis'])
    for (const {version} of found) expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(found[0]?.bin).toContain('nats-server')
    expect(found[1]?.bin).toContain('redis-server')
  }, 120_000)

  test('takes the executable that the environment names', async () => {
    const bin = await script('mine', 'echo "Redis server v=7.2.4 sha=0"')
    process.env['REDIS_SERVER'] = bin
    expect(await findServer('redis')).toEqual({bin, version: '7.2.4', from: 'REDIS_SERVER'})
  })

  test('refuses a named executable that is no usable server, with what to do', async () => {
    process.env['REDIS_SERVER'] = await script('old', 'echo "Redis server v=5.0.7"')
    await expect(findServer('redis')).rejects.toMatchObject({
      kind: 'invalid',
      code: 'servers.override',
      hint: expect.stringContaining('path of an executable redis-server'),
    })
  })
})

describe('readVersion', () => {
  test.each([
    ['nats', 'nats-server: v2.9.10', '2.9.10'],
    ['nats', 'nats-server: v2.10.27-RC.1', '2.10.27-RC.1'],
    ['nats', 'nats-server: v2.8.4', undefined],
    ['redis', 'Redis server v=8.0.2 sha=00000000:0 malloc=jemalloc', '8.0.2'],
    ['redis', 'Redis server v=6.0.16', undefined],
    ['redis', 'something else', undefined],
  ] as const)('of %s that prints "%s" is %s', async (name, printed, version) => {
    expect(await readVersion(name, await script('printer', `echo "${printed}"`))).toBe(version)
  })

  test('of an executable that fails is undefined', async () => {
    expect(await readVersion('nats', await script('failing', 'echo v2.10.0; exit 1'))).toBeUndefined()
  })
})

test('searchPath keeps the order of PATH and leaves out what cannot be executed', async () => {
  const first = await mkdtemp(join(root, 'bin-'))
  const second = await mkdtemp(join(root, 'bin-'))
  const third = await mkdtemp(join(root, 'bin-'))
  await writeFile(join(first, 'a-server-of-ours'), 'not executable')
  for (const folder of [second, third]) await makeScript(join(folder, 'a-server-of-ours'), 'true')
  expect(searchPath('a-server-of-ours', `${first}:relative:${second}:${third}:${second}`)).toEqual([
    join(second, 'a-server-of-ours'),
    join(third, 'a-server-of-ours'),
  ])
})

describe('unpacked packages', () => {
  test('are made once by two that want them at the same time, and nothing else is left', async () => {
    const cache = await mkdtemp(join(root, 'cache-'))
    const folder = join(cache, 'redis-here')
    const unpacked: string[] = []
    const packages = packagesThat(async (_, into) => {
      unpacked.push(into)
      await makeScript(join(into, 'usr/bin/redis-server'), 'echo "v=7.0.15 $LD_LIBRARY_PATH"')
      await mkdir(join(into, 'usr/lib/x86_64-linux-gnu'), {recursive: true})
    })
    const [one, two] = await Promise.all([1, 2].map(() => makeUnpacked('redis', folder, packages)))
    expect(one).toMatchObject({
      bin: join(folder, 'usr/bin/redis-server'),
      env: {LD_LIBRARY_PATH: join(folder, 'usr/lib/x86_64-linux-gnu')},
      version: '7.0.15',
    })
    expect(two).toEqual(one)
    expect(unpacked).toHaveLength(1)
    expect(await readdir(cache)).toEqual(['redis-here'])
  })

  test('take the place of a folder that no longer runs, and of what a killed process left aside', async () => {
    const cache = await mkdtemp(join(root, 'cache-'))
    const folder = join(cache, 'nats-here')
    await makeScript(join(folder, 'usr/sbin/nats-server'), 'exit 127')
    await mkdir(join(cache, 'nats-here.new-1-1/usr'), {recursive: true})
    await writeFile(join(cache, 'nats-here.lock'), JSON.stringify({pid: 1, identity: 'of another boot'}))
    expect(await readUnpacked('nats', folder)).toBeUndefined()
    const packages = packagesThat((_, into) => makeScript(join(into, 'usr/sbin/nats-server'), 'echo v2.9.10'))
    expect(await makeUnpacked('nats', folder, packages)).toMatchObject({version: '2.9.10'})
    expect(await readdir(cache)).toEqual(['nats-here'])
  })

  test('that cannot be fetched leave nothing behind', async () => {
    const cache = await mkdtemp(join(root, 'cache-'))
    const packages = packagesThat(async (_, into) => {
      await mkdir(join(into, 'usr'), {recursive: true})
      throw new Error('no network')
    })
    await expect(makeUnpacked('nats', join(cache, 'nats-here'), packages)).rejects.toThrow('no network')
    expect(await readdir(cache)).toEqual([])
  })
})

function packagesThat(unpack: DebianPackages['unpack']): () => Promise<DebianPackages> {
  return async () => ({unpack, close: async () => {}})
}

async function script(name: string, body: string): Promise<string> {
  const file = join(await mkdtemp(join(root, 'script-')), name)
  await makeScript(file, body)
  return file
}

async function makeScript(file: string, body: string): Promise<void> {
  await mkdir(join(file, '..'), {recursive: true})
  await writeFile(file, `#!/bin/sh\n${body}\n`)
  await chmod(file, 0o755)
}
