import {execFile} from 'node:child_process'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {basename, isAbsolute, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {BroadsideError} from '@broadside/runtime'

const run = promisify(execFile)

/** A site's repository as standalone serves it: `remote` is what intake fetches and what an author pushes to. */
export type SiteRepository = {name: string; remote: string; branch: string; isExample: boolean}

/**
 * The bare repository of the example site, filled from `folder` when it is new, with a hook that tells intake of each
 * push and shows its answer. The hook is written at each start, since paths may have changed.
 */
export async function openExampleRemote(home: string, folder: string): Promise<SiteRepository> {
  const name = basename(folder)
  const remote = join(home, 'remotes', `${name}.git`)
  if (!existsSync(join(remote, 'HEAD'))) {
    mkdirSync(remote, {recursive: true})
    await git(['init', '--quiet', '--bare', '--initial-branch=main', remote])
  }
  if (!(await hasCommit(remote))) await commitFolder(remote, folder)
  writeHook(home, remote, name)
  return {name, remote, branch: 'main', isExample: true}
}

/** Somebody's own repository: followed, never written to. Its default branch is the site. */
export async function openForeignRemote(site: string, cwd: string): Promise<SiteRepository> {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(site) || /^[^/]+@[^/]+:/.test(site)
  const remote = isUrl ? site : isAbsolute(site) ? site : resolve(cwd, site)
  const listed = await git(['ls-remote', '--symref', '--', remote, 'HEAD']).catch((cause: unknown) => {
    const said = ((cause as {stderr?: string}).stderr ?? String(cause)).trim()
    throw new BroadsideError('invalid', 'standalone.site', `cannot read the repository ${site}: ${said}`, {
      hint: 'Give the path or URL of a git repository with at least one commit',
    })
  })
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listed)?.[1] ?? 'main'
  const words = basename(remote.replace(/\/+$/, '').replace(/\.git$/, ''))
  const name = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  return {name: name === '' ? 'site' : name, remote, branch, isExample: false}
}

async function hasCommit(remote: string): Promise<boolean> {
  return git(['--git-dir', remote, 'rev-parse', '--verify', '--quiet', 'main']).then(
    () => true,
    () => false,
  )
}

async function commitFolder(remote: string, folder: string): Promise<void> {
  const tree = ['--git-dir', remote, '--work-tree', folder]
  const author = ['-c', 'user.name=Broadside', '-c', 'user.email=broadside@localhost', '-c', 'commit.gpgsign=false']
  await git([...tree, 'add', '--all', '--force', '.'])
  await git([...tree, ...author, 'commit', '--quiet', '--message', 'The example site'])
}

/** Writes the hook that tells intake of a push to `remote`; where intake is stands in run.json of `home`. */
export function writeHook(home: string, remote: string, site: string): void {
  const script = fileURLToPath(new URL('post-receive.mjs', import.meta.url))
  const words = [process.execPath, script, join(home, 'run.json'), site].map(quote).join(' ')
  mkdirSync(join(remote, 'hooks'), {recursive: true})
  writeFileSync(join(remote, 'hooks', 'post-receive'), `#!/bin/sh\nexec ${words}\n`, {mode: 0o755})
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function git(args: string[]): Promise<string> {
  const env = {...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1'}
  const {stdout} = await run('git', args, {env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024})
  return stdout
}
