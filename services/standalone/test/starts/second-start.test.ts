import {execFile} from 'node:child_process'
import {mkdir, readdir, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {until} from '@broadside/testkit'
import {expect, test, vi} from 'vitest'
import {mailsOf, settled} from './start-child.ts'
import {post} from './site-repo.ts'
import {start, temporaryFolder, temporaryHome} from './temporary-home.ts'

// A start takes two seconds, and several on a busy machine.
vi.setConfig({testTimeout: 90_000})

const run = promisify(execFile)

/** An author's clone of the example's remote. */
async function cloneOf(remote: string): Promise<{push: (path: string, content: string) => Promise<string>}> {
  const dir = join(await temporaryFolder('author'), 'site')
  const as = ['-c', 'user.name=Author', '-c', 'user.email=author@example.org', '-c', 'commit.gpgSign=false']
  await run('git', ['clone', '--quiet', remote, dir])
  return {
    /** Commits one file and pushes; gives what the author sees. */
    async push(path, content) {
      await mkdir(dirname(join(dir, path)), {recursive: true})
      await writeFile(join(dir, path), content)
      await run('git', ['add', '--all'], {cwd: dir})
      await run('git', [...as, 'commit', '--quiet', '-m', path], {cwd: dir})
      return (await run('git', ['push', 'origin', 'HEAD:main'], {cwd: dir})).stderr
    },
  }
}

/** Each published file with the moment it was last written. */
async function writtenAt(home: string): Promise<Record<string, number>> {
  const folder = join(home, 'objects', 'sites')
  const files = await readdir(folder, {recursive: true, withFileTypes: true})
  const times = files
    .filter((file) => file.isFile())
    .map(async (file) => {
      const path = join(file.parentPath, file.name)
      return [path, (await stat(path)).ctimeMs] as const
    })
  return Object.fromEntries(await Promise.all(times))
}

test('a second start goes on where it was: a push is answered, mailed once and kept, and a push in between goes out', async () => {
  const home = await temporaryHome()
  const first = await start({home})
  const author = await cloneOf(first.run.gitRemote)
  const answer = await author.push('posts/ink.md', post('Ink'))
  expect(answer).toMatch(/^remote: revision 2: 1 new; mail: 1 person, at once; http:\/\/127\.0\.0\.1:\d+\//m)
  await settled(home, {revisions: 2})
  const mails = await until('the mail is there', async () => {
    const found = await mailsOf(first.run)
    return found.length > 0 && found
  })
  expect(mails).toEqual([
    {
      id: expect.any(String),
      to: ['reader@field-notes.example'],
      from: expect.stringMatching(/^\S+@\S+$/),
      subject: 'Ink',
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  ])
  const whole = await (await fetch(new URL(`api/messages/${mails[0]?.id}`, first.run.mailUrl))).json()
  expect(whole).toMatchObject({
    ...mails[0],
    headers: expect.arrayContaining([{key: 'list-unsubscribe-post', value: 'List-Unsubscribe=One-Click'}]),
    text: expect.stringContaining('Out of the press.'),
    html: expect.stringContaining('Out of the press.'),
    raw: expect.stringMatching(/^[\w-]+: /),
  })
  expect((await fetch(new URL('api/messages/9999999999', first.run.mailUrl))).status).toBe(404)

  const before = await writtenAt(home)
  expect(await first.stop()).toEqual({code: 0, signal: null})
  const second = await start({home})
  await settled(home, {revisions: 2})
  expect(await mailsOf(second.run)).toEqual(mails)
  expect(await writtenAt(home)).toEqual(before)
  expect(second.logged().filter(({event}) => event === 'revision.accepted' || event === 'release.live')).toEqual([])
  await second.stop()

  expect(await author.push('posts/paper.md', post('Paper'))).toContain('remote: Broadside is not running')
  const third = await start({home})
  await settled(home, {revisions: 3})
  expect((await fetch(new URL('/posts/paper/', third.run.siteUrl))).status).toBe(200)
  await until('the mail of the push in between', async () => (await mailsOf(third.run)).length > 1)
  expect((await mailsOf(third.run)).map(({subject}) => subject)).toEqual(['Ink', 'Paper'])
})
