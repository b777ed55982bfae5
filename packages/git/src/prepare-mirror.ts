import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import {runGit} from './run-git.ts'

/** Says that a folder was finished, and by which layout; a mirror without it is made anew. */
const stampName = 'broadside-mirror'
const stamp = '1\n'

/** Of a mirror: where objects wait until they are checked. No process that reads the mirror looks there. */
export const incomingFolder = 'incoming'

/** File that git processes started by git read; see `gitEnvironment`. */
export function globalConfigOf(dir: string): string {
  return join(dir, 'broadside.gitconfig')
}

/**
 * The same, for what comes to a large mirror: a remote on this machine neither looks for likeness
 * to what is there nor compresses. A folder of 100,000 posts is a tree of 4 MB, new with each push, and both take longer
 * than passing it on.
 */
export function updateConfigOf(dir: string): string {
  return join(dir, 'broadside.update.gitconfig')
}

async function writeConfigs(dir: string): Promise<void> {
  const safe = '[safe]\n\tdirectory = *\n'
  await writeFile(globalConfigOf(dir), safe)
  await writeFile(updateConfigOf(dir), `${safe}[pack]\n\twindow = 0\n\tcompression = 0\n`)
}

/**
 * Makes sure that a usable bare repository is at `dir`. One that is unfinished or lacks a part is removed and made anew;
 * everything in it can be fetched again. Locks that a killed process left are removed: the mirror has one owner.
 */
export async function prepareMirror(dir: string): Promise<void> {
  if (await isWhole(dir)) {
    await removeLeftovers(dir)
    await writeConfigs(dir)
    return
  }
  await refuseForeignFolder(dir)
  await remakeMirror(dir)
}

/** Removes what is at `dir` and puts an empty repository there. A kill halfway leaves nothing that looks whole. */
export async function remakeMirror(dir: string): Promise<void> {
  const fresh = `${dir}.new`
  await mkdir(dirname(dir), {recursive: true})
  await rm(fresh, {recursive: true, force: true})
  const {code, stderr} = await runGit(fresh, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'])
  if (code !== 0) {
    throw new BroadsideError('transient', 'git.init.failed', `The mirror at ${dir} cannot be made: ${stderr}`, {
      hint: 'Look at the free space and the permissions of the folder',
    })
  }
  await writeConfigs(fresh)
  await writeFile(join(fresh, stampName), stamp)
  await rm(dir, {recursive: true, force: true})
  await rename(fresh, dir)
}

async function isWhole(dir: string): Promise<boolean> {
  try {
    const [found, head] = await Promise.all([
      readFile(join(dir, stampName), 'utf8'),
      readFile(join(dir, 'HEAD'), 'utf8'),
      readFile(join(dir, 'config'), 'utf8'),
      readdir(join(dir, 'objects')),
      readdir(join(dir, 'refs')),
    ])
    return found === stamp && head.startsWith('ref: ')
  } catch {
    return false
  }
}

/** A wrong setting must not cost somebody a folder of theirs: only what git or we made is replaced. */
async function refuseForeignFolder(dir: string): Promise<void> {
  const names: string[] = await readdir(dir).catch(() => [])
  if (names.length === 0 || names.includes(stampName) || (names.includes('objects') && !names.includes('.git'))) return
  throw new BroadsideError('invalid', 'git.mirror.foreign', `${dir} holds files that are no mirror`, {
    hint: 'Choose an empty folder for the mirror',
  })
}

/** Removes locks and half-written packs of git processes that were killed; none runs when this is called. */
export async function removeLeftovers(dir: string): Promise<void> {
  const find = async (folder: string, pattern: RegExp): Promise<string[]> => {
    const names = await readdir(join(dir, folder), {recursive: folder === 'refs'}).catch(() => [] as string[])
    return names.filter((name) => pattern.test(name)).map((name) => join(dir, folder, name))
  }
  const found = await Promise.all([
    find('.', /\.lock$/),
    find('refs', /\.lock$/),
    find(join('objects', 'pack'), /^tmp_|^\.tmp-/),
  ])
  await Promise.all(found.flat().map((path) => rm(path, {force: true})))
  await rm(join(dir, incomingFolder), {recursive: true, force: true})
}
