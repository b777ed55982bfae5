import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** No process that tidies up after each command, and no wait for the disk: these repositories live for a test. */
const settings = ['gc.auto=0', 'maintenance.auto=false', 'core.fsync=none', 'commit.gpgSign=false'].flatMap((one) => [
  '-c',
  one,
])

export type CommitOptions = {
  /** Author and committer date: ISO 8601 or milliseconds since 1970. The default moves on by a minute a commit. */
  date?: string | number
  author?: {name: string; email: string}
}

export type GitRepo = {
  /** The working copy. */
  dir: string
  /** A bare repository that `push` pushes to; openMirror takes it as it is. */
  remote: string
  /** Writes files by their path in the repository. */
  write(files: Record<string, string | Uint8Array>): Promise<void>
  remove(...paths: string[]): Promise<void>
  move(from: string, to: string): Promise<void>
  /** Commits everything that changed, or an empty commit when nothing did; gives the hash. */
  commit(message?: string, options?: CommitOptions): Promise<string>
  push(options?: {force?: boolean; branch?: string}): Promise<void>
  /** Any other git command in the working copy; gives what it wrote, trimmed. */
  git(...args: string[]): Promise<string>
  /** Removes both repositories when `createRepo` made the folder for them, else nothing. */
  destroy(): Promise<void>
}

/**
 * A working copy on branch `main` with a bare remote beside it, below `parent` or a new temporary folder. Dates are
 * fixed, so that the same calls give the same hashes.
 */
export async function createRepo(parent?: string): Promise<GitRepo> {
  const root = parent ?? (await mkdtemp(join(tmpdir(), 'broadside-repo-')))
  const dir = join(root, 'work')
  const remote = join(root, 'remote.git')
  let now = Date.parse('2026-11-02T08:00:00Z')
  const identity = (date: string | number, author = {name: 'Test Author', email: 'author@example.org'}) => {
    const stamp = typeof date === 'number' ? new Date(date).toISOString() : date
    return {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: stamp,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: stamp,
    }
  }
  const git = async (args: string[], extra: Record<string, string> = {}): Promise<string> => {
    const env = {
      PATH: process.env['PATH'],
      HOME: root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      LC_ALL: 'C',
      ...identity(now),
      ...extra,
    }
    const {stdout} = await run('git', [...settings, ...args], {
      cwd: dir,
      env,
      maxBuffer: 1e8,
    })
    return stdout.trim()
  }
  await mkdir(dir, {recursive: true})
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', remote])
  await git(['config', '--file', join(remote, 'config'), 'receive.autogc', 'false'])
  await git(['init', '--quiet', '--template=', '--initial-branch=main', '.'])
  await git(['remote', 'add', 'origin', remote])

  return {
    dir,
    remote,
    git: (...args) => git(args),
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), {recursive: true})
        await writeFile(join(dir, path), content)
      }
    },
    async remove(...paths) {
      for (const path of paths) await rm(join(dir, path), {recursive: true})
    },
    async move(from, to) {
      await mkdir(dirname(join(dir, to)), {recursive: true})
      await rename(join(dir, from), join(dir, to))
    },
    async commit(message = 'Change', {date, author} = {}) {
      now += 60_000
      await git(['add', '--all'])
      await git(
        ['commit', '--quiet', '--allow-empty', '--allow-empty-message', '--message', message],
        identity(date ?? now, author),
      )
      return git(['rev-parse', 'HEAD'])
    },
    async push({force = false, branch = 'main'} = {}) {
      await git(['push', '--quiet', ...(force ? ['--force'] : []), 'origin', `HEAD:refs/heads/${branch}`])
    },
    async destroy() {
      if (parent === undefined) await rm(root, {recursive: true, force: true})
    },
  }
}
