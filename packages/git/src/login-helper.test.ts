import {createServer} from 'node:http'
import {readdirSync, readFileSync} from 'node:fs'
import {chmod, mkdir, readdir, stat, writeFile} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect, onTestFinished} from 'vitest'
import {startGitServer, type GitServerOptions} from './git-server.fixture.ts'
import {test} from './test-mirror.ts'

const login = {username: 'reader', password: 's3cret-of-the-site'}
const basic = `Basic ${Buffer.from('reader:s3cret-of-the-site').toString('base64')}`

async function serve(options: Omit<GitServerOptions, 'login'>) {
  const server = await startGitServer({login, ...options})
  onTestFinished(server.close)
  return server
}

/** Where a text stands in the arguments or the environment of any process that may be read. */
function processesThatShow(text: string): string[] {
  const found: string[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    for (const file of ['cmdline', 'environ']) {
      try {
        if (readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(text)) found.push(`${pid}/${file}`)
      } catch {
        // Gone, or somebody else's.
      }
    }
  }
  return found
}

/** Names of the programs that run below this process, as `ps` shows them. */
function programsBelow(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children.flatMap((child) => [
    readFileSync(`/proc/${child}/cmdline`, 'latin1').replaceAll('\0', ' '),
    ...programsBelow(Number(child)),
  ])
}

describe('a login for a remote', () => {
  test('reaches the server, and stands in no list of processes meanwhile', async ({stage: {repo, open}}) => {
    const head = await repo.commit()
    await repo.push()
    const shown: string[] = []
    const running: string[] = []
    const server = await serve({
      repository: repo.remote,
      async admit() {
        shown.push(...processesThatShow(login.password), ...processesThatShow(basic.slice(6)))
        running.push(...programsBelow(process.pid))
      },
    })
    const mirror = await open({remoteUrl: server.url, login})
    expect(await mirror.fetch()).toEqual({head})
    expect(server.seen.filter((header) => header !== undefined).every((header) => header === basic)).toBe(true)
    expect(running.some((line) => line.includes('git') && line.includes(server.url))).toBe(true)
    expect(shown).toEqual([])
  })

  test('is not in the error, nor in the mirror, when it is wrong', async ({stage: {repo, dir, open}}) => {
    await repo.commit()
    await repo.push()
    const server = await serve({repository: repo.remote})
    const url = server.url.replace('http://', 'http://reader:wr0ng@')
    const mirror = await open({remoteUrl: url})
    const error = await mirror.fetch().catch((reason: unknown) => reason)
    expect(error).toMatchObject({code: 'git.fetch.failed', kind: 'transient'})
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('wr0ng')
    for (const name of await readdir(dir, {recursive: true, withFileTypes: true})) {
      if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name), 'latin1')).not.toContain('wr0ng')
    }
  })

  test('is told to no other server that the remote leads to', async ({stage: {repo, open}}) => {
    const seen: (string | undefined)[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401, {'www-authenticate': 'Basic realm="git"'}).end()
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const {port} = other.address() as AddressInfo
    const server = await serve({
      repository: repo.remote,
      instead(request, response) {
        response.writeHead(302, {location: `http://127.0.0.1:${port}${request.url}`}).end()
        return true
      },
    })
    const mirror = await open({remoteUrl: server.url, login})
    await expect(mirror.fetch()).rejects.toMatchObject({code: 'git.fetch.failed'})
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.filter((header) => header !== undefined)).toEqual([])
  })
})

describe('a key for ssh', () => {
  test('is read by ssh alone, which asks nobody and trusts no unknown host', async ({stage: {repo, dir, open}}) => {
    const head = await repo.commit()
    await repo.push()
    // In the place of ssh: it notes what it was given, and runs on this machine what would run on the other.
    const bin = join(dir, '..', 'bin')
    const seen = join(bin, 'seen')
    await mkdir(bin, {recursive: true})
    const script = `#!/bin/sh
printf '%s\\n' "$@" > '${seen}'
cat "$2" >> '${seen}'
stat -c 'mode %a' "$2" >> '${seen}'
for last; do :; done
exec sh -c "$last"
`
    await writeFile(join(bin, 'ssh'), script)
    await chmod(join(bin, 'ssh'), 0o755)
    const path = process.env['PATH']
    process.env['PATH'] = `${bin}:${path}`
    onTestFinished(() => void (process.env['PATH'] = path))

    const ssh = {key: '-----BEGIN KEY-----\nabc\n-----END KEY-----', knownHosts: 'example.org ssh-ed25519 AAAA'}
    const mirror = await open({remoteUrl: `ssh://git@example.org${repo.remote}`, ssh})
    expect(await mirror.fetch()).toEqual({head})
    const given = readFileSync(seen, 'utf8')
    for (const option of ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', 'UserKnownHostsFile=']) {
      expect(given).toContain(option)
    }
    expect(given).toContain('git@example.org\n')
    expect(given).toContain('\nabc\n-----END KEY-----\nmode 600\n')
    await mirror.close()
    await expect(stat(`${dir}.ssh`)).rejects.toMatchObject({code: 'ENOENT'})
  })
})
