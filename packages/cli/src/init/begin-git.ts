import {gitOutput} from '../build/git-output.ts'

/**
 * Makes a folder a repository with everything in its first commit, by the author that git knows. Where it knows none,
 * everything is added and nothing committed. A repository that is there already (`hasGit`) is begun in, not made.
 */
export async function beginGit(
  dir: string,
  {hasGit, env}: {hasGit: boolean; env: Record<string, string | undefined>},
): Promise<'committed' | 'uncommitted'> {
  // The author is a setting of the person, which questions to other people's repositories leave out.
  const own: Record<string, string> = {}
  for (const name of [
    'HOME',
    'GIT_CONFIG_GLOBAL',
    'GIT_AUTHOR_NAME',
    'GIT_AUTHOR_EMAIL',
    'GIT_COMMITTER_NAME',
    'GIT_COMMITTER_EMAIL',
  ]) {
    const value =
      env[name] ?? (name === 'GIT_CONFIG_GLOBAL' && env['HOME'] !== undefined ? `${env['HOME']}/.gitconfig` : undefined)
    if (value !== undefined) own[name] = value
  }
  const git = (...args: string[]) => gitOutput(['-C', dir, ...args], own)
  if (!hasGit) await git('init', '--quiet', '--initial-branch', 'main')
  await git('add', '--all')
  const done = await git('commit', '--quiet', '--no-gpg-sign', '--message', 'Begin the site')
  return done === undefined ? 'uncommitted' : 'committed'
}
