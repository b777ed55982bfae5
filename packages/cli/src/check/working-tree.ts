import {lstat, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {isSafePath, kindOfPath, type Diagnostic, type PathKind} from '@broadside/content'
import {maxSourceBytes} from '@broadside/revision'
import {gitOutput} from '../build/git-output.ts'

export type TreeFile = {path: string; kind: PathKind}

/** The files of a site as they lie in its folder now, whether they are committed or not. */
export type WorkingTree = {
  root: string
  /** Sorted by path; whatever Broadside ignores is left out. */
  files: TreeFile[]
  diagnostics: Diagnostic[]
  read: (path: string) => Promise<Uint8Array>
}

/** Lists what a push of the folder would bring: what git ignores is left out, and where there is no git, all is in. */
export async function readWorkingTree(root: string): Promise<WorkingTree> {
  const paths = (await filesOfGit(root)) ?? (await filesBelow(root, ''))
  const diagnostics: Diagnostic[] = []
  const files: TreeFile[] = []
  const known = paths.map((path) => ({path, kind: kindOfPath(path)})).filter(({kind}) => kind !== 'ignored')
  for (const file of known.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const stats = await lstat(join(root, file.path)).catch(() => undefined)
    if (stats === undefined) continue
    const refused = refusal(file, stats)
    if (refused === undefined) files.push(file)
    else diagnostics.push({severity: 'error', file: file.path, ...refused})
  }
  return {root, files, diagnostics, read: (path) => readFile(join(root, path))}
}

function refusal({path, kind}: TreeFile, stats: Awaited<ReturnType<typeof lstat>>) {
  const cure = 'Replace it by a regular file with a plain name'
  if (!stats.isFile()) return {code: 'file.refused', message: 'it is no regular file, and links are not followed', cure}
  if (!isSafePath(path)) return {code: 'file.refused', message: 'its name is not safe to publish', cure}
  if ((kind === 'post' || kind === 'page') && stats.size > maxSourceBytes)
    return {
      code: 'file.too-large',
      message: `the file is larger than ${maxSourceBytes / 1_000_000} MB`,
      cure: 'Split it, or move what is not text beside it',
    }
  return undefined
}

async function filesOfGit(root: string): Promise<string[] | undefined> {
  const listed = await gitOutput(['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  return listed === undefined ? undefined : [...new Set(listed.split('\0').filter((path) => path !== ''))]
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), {withFileTypes: true})
  const found = await Promise.all(
    entries
      .filter(({name}) => !name.startsWith('.') && name !== 'node_modules')
      .map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        return entry.isDirectory() ? filesBelow(root, path) : [path]
      }),
  )
  return found.flat()
}
