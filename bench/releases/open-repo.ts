import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** A bare repository with a work tree beside it. */
export type Repo = {
  remote: string
  write: (files: Iterable<[string, string | Uint8Array]>) => void
  /** Commits all and pushes; gives the moment when the ref changed in the remote, ms, and the commit. */
  push: (message: string) => Promise<{at: number; commit: string}>
}

export function openRepo(folder: string): Repo {
  const remote = join(folder, 'bench.git')
  const work = join(folder, 'work')
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote)
  git(folder, 'init', '--quiet', '--initial-branch=main', work)
  git(work, 'remote', 'add', 'origin', remote)
  return {
    remote,
    write(files) {
      for (const [path, content] of files) {
        mkdirSync(dirname(join(work, path)), {recursive: true})
        writeFileSync(join(work, path), content)
      }
    },
    async push(message) {
      git(work, 'add', '--all')
      git(work, '-c', 'user.name=Bench', '-c', 'user.email=bench@site.example', 'commit', '--quiet', '-m', message)
      const commit = git(work, 'rev-parse', 'HEAD').trim()
      // The hook answers once the revision is accepted; the release is under way meanwhile.
      const push = spawn('git', ['push', '--quiet', 'origin', 'main'], {cwd: work, stdio: 'ignore', env: quietGit()})
      await once(push, 'exit')
      return {at: statSync(join(remote, 'refs/heads/main')).mtimeMs, commit}
    },
  }
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {cwd, stdio: ['ignore', 'pipe', 'inherit'], env: quietGit(), encoding: 'utf8'})
}

function quietGit(): NodeJS.ProcessEnv {
  return {...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0'}
}
