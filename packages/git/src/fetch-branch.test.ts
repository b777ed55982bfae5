import {spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect} from 'vitest'
import {test} from './test-mirror.ts'
import {tidyMirror} from './tidy-mirror.ts'

/** Writes an object that git itself would not write. */
function writeLiterally(cwd: string, type: 'tree' | 'commit', input: Buffer): string {
  const args = ['hash-object', '-t', type, '--literally', '-w', '--stdin']
  return spawnSync('git', args, {cwd, input}).stdout.toString().trim()
}

describe('fetch', () => {
  test('brings the branch, and again what came later', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    const first = await repo.commit('one')
    expect(await publish(mirror)).toBe(first)
    const second = await repo.commit('two')
    expect(await publish(mirror)).toBe(second)
    expect(await mirror.fetch()).toEqual({head: second})
  })

  test('reads a file:// remote', async ({stage: {repo, open, publish}}) => {
    const mirror = await open({remoteUrl: `file://${repo.remote}`})
    const head = await repo.commit()
    expect(await publish(mirror)).toBe(head)
  })

  test.for([[0], [8e6]])(
    'follows a branch that was rewound, and still knows the old commit (%d)',
    async ([largeBytes], {stage}) => {
      const {repo, open, publish} = stage
      const mirror = await open({largeBytes: largeBytes!})
      const base = await repo.commit('base')
      await repo.write({'posts/a.md': 'a'})
      const old = await repo.commit('old')
      await publish(mirror)
      await repo.git('reset', '--hard', base)
      await repo.write({'posts/b.md': 'b'})
      const fresh = await repo.commit('new')
      expect(await publish(mirror)).toBe(fresh)
      expect(await mirror.isAncestor(old, fresh)).toBe(false)
      expect(await mirror.isAncestor(base, fresh)).toBe(true)
      const changes = await mirror.diffTrees(old, fresh)
      expect(changes.map(({kind, path}) => [kind, path])).toEqual([
        ['delete', 'posts/a.md'],
        ['add', 'posts/b.md'],
      ])
    },
  )

  test('finds no head where the branch does not exist, or not any more', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    expect(await mirror.fetch()).toEqual({head: undefined})
    await repo.commit()
    await publish(mirror)
    await repo.git('--git-dir', repo.remote, 'update-ref', '-d', 'refs/heads/main')
    expect(await mirror.fetch()).toEqual({head: undefined})
    expect(await mirror.resolve('main')).toBeUndefined()
  })

  test('leaves tags and other branches where they are', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    await repo.commit()
    await repo.git('tag', 'v1')
    await repo.git('push', '--quiet', 'origin', 'v1', 'HEAD:refs/heads/other')
    await publish(mirror)
    const {stdout} = spawnSync('git', ['--git-dir', dir, 'for-each-ref', '--format=%(refname)'], {encoding: 'utf8'})
    expect(stdout).toBe('refs/heads/main\n')
  })

  test('says what git said when the remote is gone, and works again when it is back', async ({stage}) => {
    const mirror = await stage.open()
    const head = await stage.repo.commit()
    await stage.publish(mirror)
    await rename(stage.repo.remote, `${stage.repo.remote}.away`)
    await expect(mirror.fetch()).rejects.toMatchObject({code: 'git.fetch.failed', kind: 'transient'})
    await rename(`${stage.repo.remote}.away`, stage.repo.remote)
    expect(await mirror.fetch()).toEqual({head})
  })

  test('gives up on a silent server after the deadline', async ({stage: {open}}) => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const {port} = server.address() as AddressInfo
    try {
      const silent = await open({remoteUrl: `http://127.0.0.1:${port}/silent.git`, timeoutMs: 300})
      await expect(silent.fetch()).rejects.toThrow(/no end after 300 ms/)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('asks where the branch is before it fetches, where that is wanted', async ({stage}) => {
    const {repo, dir, open, publish} = stage
    const mirror = await open()
    const first = await repo.commit('one')
    await publish(mirror)
    await repo.git('push', '--quiet', 'origin', 'HEAD:refs/heads/x/refs/heads/main')
    const changed = async () => (await stat(join(dir, 'refs', 'heads', 'main'))).mtimeMs
    const before = await changed()
    expect(await mirror.fetch({onlyIfMoved: true})).toEqual({head: first})
    expect(await changed()).toBe(before)
    const second = await repo.commit('two')
    await repo.push()
    expect(await mirror.fetch({onlyIfMoved: true})).toEqual({head: second})
    await repo.git('--git-dir', repo.remote, 'update-ref', '-d', 'refs/heads/main')
    expect(await mirror.fetch({onlyIfMoved: true})).toEqual({head: undefined})
  })

  test.for([[0], [8e6]])(
    'is cut off where the repository is larger than it may be (%d)',
    async ([largeBytes], {stage}) => {
      const {repo, dir, open} = stage
      // So many objects come as a pack, whatever their size.
      const many = Array.from({length: 150}, (_, n): [string, string] => [`posts/${n}.md`, String(n)])
      await repo.write({'assets/noise.bin': randomBytes(3_000_000), ...Object.fromEntries(many)})
      const head = await repo.commit()
      await repo.push()
      const tight = await open({maxBytes: 1_000_000})
      await expect(tight.fetch()).rejects.toMatchObject({code: 'git.repository.too-large', kind: 'invalid'})
      expect(await readdir(join(dir, 'objects', 'pack'))).toEqual([])
      await tight.close()
      const wide = await open({maxBytes: 4_000_000, largeBytes: largeBytes!})
      expect(await wide.fetch()).toEqual({head})
      await repo.write({'assets/more.bin': randomBytes(2_000_000)})
      await repo.commit()
      await repo.push()
      await expect(wide.fetch()).rejects.toMatchObject({code: 'git.repository.too-large'})
      expect(await wide.resolve('main')).toBe(head)
    },
  )

  test('runs no hook that lies in the mirror', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    const trace = join(dir, 'hook-ran')
    await mkdir(join(dir, 'hooks'), {recursive: true})
    for (const hook of ['reference-transaction', 'post-merge', 'post-checkout', 'pre-auto-gc']) {
      await writeFile(join(dir, 'hooks', hook), `#!/bin/sh\ntouch '${trace}'\n`)
      await chmod(join(dir, 'hooks', hook), 0o755)
    }
    await repo.commit()
    await publish(mirror)
    await expect(stat(trace)).rejects.toMatchObject({code: 'ENOENT'})
  })

  test.for([['at first'], ['later']])('refuses objects that are malformed, %s', async ([when], {stage}) => {
    const {repo, open, publish} = stage
    const mirror = await open({largeBytes: 0})
    await repo.write({'posts/a.md': 'a'})
    const good = await repo.commit()
    if (when === 'later') await publish(mirror)
    const blob = await repo.git('rev-parse', 'HEAD:posts/a.md')
    const entry = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')])
    const bad = await repo.git('commit-tree', writeLiterally(repo.dir, 'tree', entry), '-p', good, '-m', 'bad')
    await repo.git('push', '--quiet', 'origin', `${bad}:refs/heads/main`)
    // Again, since what a refused fetch has brought must not be there for the next one.
    for (let turn = 0; turn < 2; turn += 1) await expect(mirror.fetch()).rejects.toThrow(/hasDotgit|\.git/i)
    expect(await mirror.resolve(bad)).toBeUndefined()
    expect(await mirror.resolve('main')).toBe(when === 'later' ? good : undefined)
  })

  test.for([['at first'], ['later']])('takes what old tools wrote untidily, %s', async ([when], {stage}) => {
    const {repo, open, publish} = stage
    const mirror = await open({largeBytes: 0})
    const good = await repo.commit()
    if (when === 'later') await publish(mirror)
    const tree = await repo.git('rev-parse', `${good}^{tree}`)
    const text = `tree ${tree}\nparent ${good}\nauthor Ada <ada@example.org> 1790000000 +051800\ncommitter Ada <ada@example.org> 1790000000 +051800\n\nold\n`
    const untidy = writeLiterally(repo.dir, 'commit', Buffer.from(text))
    await repo.git('push', '--quiet', 'origin', `${untidy}:refs/heads/main`)
    expect(await mirror.fetch()).toEqual({head: untidy})
  })

  test('takes a large folder as it is, and makes it small when packs are joined', async ({stage}) => {
    const {repo, dir, open, publish} = stage
    const mirror = await open({largeBytes: 0})
    await repo.write(Object.fromEntries(Array.from({length: 200}, (_, n) => [`posts/post-${n}.md`, `Post ${n}`])))
    await repo.commit()
    await publish(mirror)
    const folders: string[] = []
    for (const name of ['new', 'newer']) {
      await repo.write({[`posts/${name}.md`]: name})
      const head = await repo.commit()
      await publish(mirror)
      folders.push(await repo.git('rev-parse', `${head}:posts`))
    }
    const bytes = (format: string): number => {
      const args = ['--git-dir', dir, 'cat-file', `--batch-check=%(${format})`]
      const {stdout} = spawnSync('git', args, {input: folders.join('\n')})
      return stdout
        .toString()
        .trim()
        .split('\n')
        .reduce((sum, size) => sum + Number(size), 0)
    }
    const whole = bytes('objectsize')
    expect(bytes('objectsize:disk')).toBeGreaterThan(whole)
    await tidyMirror(dir, 1)
    expect(bytes('objectsize:disk')).toBeLessThan(whole * 0.6)
  })

  test('joins packs when many have gathered, and loses nothing that a rewind left', async ({stage}) => {
    const {repo, dir, open, publish} = stage
    const mirror = await open()
    const commits: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      await repo.write({[`posts/${name}.md`]: name})
      commits.push(await repo.commit(name))
      await publish(mirror)
    }
    await repo.git('reset', '--hard', commits[1] ?? '')
    const head = await publish(mirror)
    expect(await tidyMirror(dir, 3)).toBe(true)
    const packs = (await readdir(join(dir, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
    expect(packs.length).toBeLessThan(4)
    expect(head).toBe(commits[1])
    for (const commit of commits) expect(await mirror.resolve(commit)).toBe(commit)
  })
})

describe('a damaged mirror', () => {
  test('is made anew when its objects are gone', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    await repo.write({'posts/a.md': 'hello'})
    const head = await repo.commit()
    await publish(mirror)
    const oid = await repo.git('rev-parse', 'HEAD:posts/a.md')
    await rm(join(dir, 'objects', 'pack'), {recursive: true})
    await mkdir(join(dir, 'objects', 'pack'))
    const again = await open()
    await expect(again.readBlob(oid)).rejects.toMatchObject({code: 'git.blob.missing'})
    expect(await again.fetch()).toEqual({head})
    expect(Buffer.from(await again.readBlob(oid)).toString()).toBe('hello')
  })

  test('is made anew when a file of it is cut short', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    await mirror.close()
    await writeFile(join(dir, 'HEAD'), '')
    expect(await (await open()).fetch()).toEqual({head})
  })

  test('is made anew when its folder vanishes while it is open', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    await rm(dir, {recursive: true})
    expect(await mirror.fetch()).toEqual({head})
    expect((await mirror.readCommit(head))?.commit).toBe(head)
  })

  test('forgets the locks of a process that was killed', async ({stage: {repo, dir, open, publish}}) => {
    const mirror = await open()
    await repo.commit()
    await publish(mirror)
    await mirror.close()
    await writeFile(join(dir, 'refs', 'heads', 'main.lock'), '')
    const head = await repo.commit()
    expect(await publish(await open())).toBe(head)
  })

  test("does not take somebody's folder for one", async ({stage: {repo, open}}) => {
    await repo.write({'notes.txt': 'mine'})
    await expect(open({dir: repo.dir})).rejects.toMatchObject({code: 'git.mirror.foreign', kind: 'invalid'})
    expect(await readdir(repo.dir)).toContain('notes.txt')
  })
})
