import {existsSync} from 'node:fs'
import {appendFile, copyFile, mkdir} from 'node:fs/promises'
import {basename, join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {openMirror, stripCredentials, type Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import {gitOutput} from './git-output.ts'

/** What is built: a commit, and where its objects are read. */
export type Source = {
  mirror: Mirror
  commit: string
  /** A site's name made of the repository's. */
  name: string
  /** What whoever builds should know of it. */
  notes: string[]
}

export type SourceOptions = {
  /** URL, or path from `cwd`. */
  repo: string
  rev: string | undefined
  cwd: string
  /** Folder for whatever has to be kept while building. */
  scratch: string
  /** Date of the commit that a plain folder is taken as, ms. */
  now: number
}

/**
 * Opens what is to be built without writing into it: a repository on this machine is read where it is, any revision
 * of it; a remote one is fetched; a folder that is no repository is taken as one commit of what lies in it now.
 *
 * @throws BroadsideError `build.repo`, `build.rev` (invalid); what a fetch throws.
 */
export async function openSource(options: SourceOptions): Promise<Source> {
  const {repo, cwd, rev} = options
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(repo) || /^[^/\s]+@[^/\s]+:/.test(repo)) return openRemote(options)
  const path = resolve(cwd, repo)
  if (!existsSync(path)) throw refusedRepo(`there is nothing at ${path}`)
  const prefix = await gitOutput(['-C', path, 'rev-parse', '--show-prefix'])
  if (prefix === '') return openLocal(options, path)
  if (rev !== undefined) throw refusedRev(rev, `${path} is a folder and no repository of its own`)
  return openFolder(options, path)
}

/** The mirror borrows the objects of the repository (gitrepository-layout(5), `objects/info/alternates`). */
async function openLocal({rev = 'HEAD', scratch}: SourceOptions, path: string): Promise<Source> {
  const commit = await gitOutput([
    '-C',
    path,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${rev}^{commit}`,
  ])
  if (commit === undefined || commit === '') {
    throw rev === 'HEAD' ? refusedRepo(`${path} has no commit yet`) : refusedRev(rev, `${path} has no such revision`)
  }
  const inGit = async (name: string) => {
    const found = await gitOutput(['-C', path, 'rev-parse', '--path-format=absolute', '--git-path', name])
    if (found === undefined) throw refusedRepo(`git cannot read ${path}`)
    return found
  }
  const dir = join(scratch, 'mirror.git')
  const mirror = await openMirror({dir, remoteUrl: pathToFileURL(path).href, branch: 'main'})
  await mkdir(join(dir, 'objects', 'info'), {recursive: true})
  await appendFile(join(dir, 'objects', 'info', 'alternates'), `${await inGit('objects')}\n`)
  const notes: string[] = []
  const shallow = await inGit('shallow')
  if (existsSync(shallow)) {
    await copyFile(shallow, join(dir, 'shallow'))
    notes.push('the clone is shallow: posts count as born in its oldest commit, and renames before it are not seen')
  }
  return {mirror, commit, name: nameOf(path), notes}
}

async function openFolder(options: SourceOptions, path: string): Promise<Source> {
  const dir = join(options.scratch, 'folder.git')
  const git = async (...args: string[]) => {
    const date = new Date(options.now).toISOString()
    const by = {GIT_AUTHOR_NAME: 'Broadside', GIT_AUTHOR_EMAIL: 'broadside@localhost', GIT_AUTHOR_DATE: date}
    const committer = {GIT_COMMITTER_NAME: 'Broadside', GIT_COMMITTER_EMAIL: 'broadside@localhost'}
    const said = await gitOutput(['--git-dir', dir, ...args], {...by, ...committer, GIT_COMMITTER_DATE: date})
    if (said === undefined) throw refusedRepo(`git cannot read the folder ${path}`)
  }
  await git('init', '--quiet', '--bare', '--initial-branch=main')
  await git('--work-tree', path, 'add', '--all', '--force', '.')
  await git('--work-tree', path, 'commit', '--quiet', '--allow-empty', '--message', 'The folder as it is')
  const source = await openLocal({...options, rev: 'main'}, dir)
  return {...source, name: nameOf(path), notes: [`${path} is no repository of its own: built as its files are now`]}
}

async function openRemote({repo, rev, scratch}: SourceOptions): Promise<Source> {
  const isHash = rev !== undefined && /^[0-9a-f]{7,64}$/.test(rev)
  const branches = rev === undefined || isHash ? ['main', 'master'] : [rev]
  for (const branch of branches) {
    const mirror = await openMirror({dir: join(scratch, 'mirror.git'), remoteUrl: repo, branch})
    const {head} = await mirror.fetch()
    const commit = isHash ? await mirror.resolve(rev) : head
    if (head !== undefined && commit !== undefined) return {mirror, commit, name: nameOf(repo), notes: []}
    await mirror.close()
    if (head !== undefined) break
  }
  const shown = stripCredentials(repo)
  throw rev === undefined
    ? refusedRepo(`${shown} has no branch main or master`)
    : refusedRev(rev, `${shown} has no such branch, or no such commit on main or master`)
}

/** A site's name made of the path or URL of its repository. */
export function nameOf(repo: string): string {
  const words = basename(repo.replace(/\/+$/, '').replace(/\/?\.git$/, ''))
  const name = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name.slice(0, 40) || 'site'
}

function refusedRepo(message: string): BroadsideError {
  return new BroadsideError('invalid', 'build.repo', message, {
    hint: 'Give the path or URL of a git repository with a site in it, or a folder',
  })
}

function refusedRev(rev: string, message: string): BroadsideError {
  return new BroadsideError('invalid', 'build.rev', `cannot build ${JSON.stringify(rev)}: ${message}`, {
    hint: 'Give a branch, a tag or a commit of the repository',
  })
}
