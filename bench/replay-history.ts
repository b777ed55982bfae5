import {execFileSync} from 'node:child_process'

export type Replay = {
  /** Commits of the bare repository, oldest first: a site each, with the posts as they were. */
  commits: string[]
  /** How many commits of the history touched the posts. */
  whole: number
}

const settings = 'title: Replayed\nnewsletter: false\n'

/**
 * Writes into the bare repository `into` what became of the folder `posts` of another repository, commit by commit along
 * its first parents, as a site's: its posts under `posts/`, renames and removals as they were made. Of more commits than
 * `atMost` some are left out, evenly, and never the last.
 */
export function replayHistory(repo: string, posts: string, into: string, atMost: number): Replay {
  git(into, 'fetch', '--quiet', '--no-tags', repo, '+HEAD:refs/replayed/head')
  const listed = git(into, 'rev-list', '--first-parent', '--reverse', 'refs/replayed/head', '--', posts)
  const all = listed.split('\n').filter((commit) => commit !== '' && treeOf(into, commit, posts) !== undefined)
  const step = Math.max(1, all.length / atMost)
  const chosen = all.filter((_, n) => n === all.length - 1 || Math.floor((n + 1) / step) !== Math.floor(n / step))
  const blob = git(into, 'hash-object', '-w', '--stdin', settings)
  const commits: string[] = []
  for (const commit of chosen) {
    const tree = treeOf(into, commit, posts)
    const root = git(into, 'mktree', `100644 blob ${blob}\tbroadside.yaml\n040000 tree ${tree}\tposts\n`)
    const when = git(into, 'show', '--no-patch', '--format=%aI', commit)
    const parent = commits.at(-1)
    const args = [
      'commit-tree',
      root,
      '-m',
      `replayed ${commit.slice(0, 12)}`,
      ...(parent === undefined ? [] : ['-p', parent]),
    ]
    commits.push(git(into, ...args, {GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when}))
  }
  return {commits, whole: all.length}
}

function treeOf(repo: string, commit: string, folder: string): string | undefined {
  try {
    return git(repo, 'rev-parse', '--verify', '--quiet', `${commit}:${folder}`)
  } catch {
    return undefined
  }
}

const person = {
  GIT_AUTHOR_NAME: 'Replay',
  GIT_AUTHOR_EMAIL: 'replay@site.example',
  GIT_COMMITTER_NAME: 'Replay',
  GIT_COMMITTER_EMAIL: 'replay@site.example',
}

/** Runs git in a bare repository. The last text is its input where the command reads one. */
export function git(dir: string, ...given: (string | Record<string, string>)[]): string {
  const more = given.filter((one) => typeof one !== 'string')
  const args = given.filter((one) => typeof one === 'string')
  const readsInput = args[0] === 'mktree' || args.includes('--stdin')
  const input = readsInput ? args.pop() : undefined
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...person,
    ...Object.assign({}, ...more),
  }
  const options = {env, encoding: 'utf8' as const, maxBuffer: 64 * 1024 * 1024, ...(input === undefined ? {} : {input})}
  return execFileSync('git', ['--git-dir', dir, ...args], {...options, stdio: ['pipe', 'pipe', 'inherit']}).trim()
}
