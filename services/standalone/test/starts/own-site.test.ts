import {createHash} from 'node:crypto'
import {execFile} from 'node:child_process'
import {lstat, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {until} from '@broadside/testkit'
import {expect, test, vi} from 'vitest'
import {settled} from './start-child.ts'
import {post, siteRepo} from './site-repo.ts'
import {start, temporaryFolder, temporaryHome, tryStart} from './temporary-home.ts'

// A start takes two seconds, and several on a busy machine.
vi.setConfig({testTimeout: 90_000})

const run = promisify(execFile)

/** A hash over each path below a folder with its mode, time of change and bytes. */
async function treeHash(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const names = await readdir(folder, {recursive: true})
  for (const name of ['.', ...names.toSorted()]) {
    const path = join(folder, name)
    const {mode, mtimeMs, ctimeMs} = await lstat(path)
    hash.update(JSON.stringify([name, mode, mtimeMs, ctimeMs]))
    if ((await lstat(path)).isFile()) hash.update(await readFile(path))
  }
  return hash.digest('hex')
}

test('somebody’s working copy is followed commit by commit, and nothing is written into it', async () => {
  const home = await temporaryHome()
  const repo = await siteRepo()
  await run('chmod', ['-R', 'a-w', repo.dir])
  const before = await treeHash(repo.dir)
  const child = await start({home, site: repo.dir})
  expect((await fetch(new URL('/posts/first/', child.run.siteUrl))).status).toBe(200)
  expect(await treeHash(repo.dir)).toBe(before)

  await run('chmod', ['-R', 'u+w', repo.dir])
  await repo.write({'posts/second.md': post('Second')})
  await repo.commit('second')
  const after = await treeHash(repo.dir)
  await until('the commit is published', async () => {
    return (await fetch(new URL('/posts/second/', child.run.siteUrl))).status === 200
  })
  await settled(home, {revisions: 2})
  expect(await child.stop()).toEqual({code: 0, signal: null})
  expect(await treeHash(repo.dir)).toBe(after)
})

test('run.json says where everything is while it runs, and is gone afterwards', async () => {
  const home = await temporaryHome()
  const repo = await siteRepo()
  const child = await start({home, site: repo.dir})
  const address = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(child.run).toMatchObject({
    pid: child.pid,
    siteUrl: address,
    audienceUrl: address,
    consoleUrl: address,
    mailUrl: address,
    gitRemote: repo.dir,
    natsUrl: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+$/),
    redisUrl: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+$/),
  })
  for (const url of [child.run.siteUrl, child.run.audienceUrl, child.run.consoleUrl, child.run.mailUrl]) {
    expect((await fetch(new URL('/healthz', url))).status).toBe(200)
  }
  for (const path of ['run.json', 'ledger.db', 'token-key']) expect(await mayOthersWrite(join(home, path))).toBe(false)
  await child.stop()
  expect(await readdir(home)).not.toContain('run.json')
})

test('a signal in the middle of a start stops what was started', async () => {
  const home = await temporaryHome()
  const repo = await siteRepo()
  const child = tryStart({home, site: repo.dir})
  await child.says('starting redis-server')
  expect(await child.stop()).toEqual({code: 0, signal: null})
  for (const name of ['nats', 'redis']) {
    const {server} = JSON.parse(await readFile(join(home, name, 'running.json'), 'utf8')) as {server: {pid: number}}
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH')
  }
  expect(await readdir(home)).not.toContain('pid')
})

test('a repository that is none is named at once, with what to give instead', async () => {
  const home = await temporaryHome()
  const nothing = await temporaryFolder('no repository')
  const child = tryStart({home, site: nothing})
  expect(await child.exited).toEqual({code: 2, signal: null})
  expect(child.output()).toContain(`cannot read the repository ${nothing}`)
  expect(child.output()).toContain('at least one commit')
})

test('what cannot be understood is said together with the usage', async () => {
  const home = await temporaryHome()
  const child = tryStart({home, args: ['--sites', 'x']})
  expect(await child.exited).toEqual({code: 2, signal: null})
  expect(child.output()).toContain('npm start -- --site PATH|URL')
})

async function mayOthersWrite(path: string): Promise<boolean> {
  return ((await lstat(path)).mode & 0o002) !== 0
}
