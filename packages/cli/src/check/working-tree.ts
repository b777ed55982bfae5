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
    const {refused, isThere} = await judgeFile(root, file)
    if (isThere) files.push(file)
    if (refused !== undefined) diagnostics.push(refused)
  }
  return {root, files, diagnostics, read: (path) => readFile(join(root, path))}
}

/** Whether a file is there to be published, and why not where it is there and is not. */
export async function judgeFile(root: string, file: TreeFile): Promise<{isThere: boolean; refused?: Diagnostic}> {
  const stats = await lstat(join(root, file.path)).catch(() => undefined)
  const refused = stats === undefined ? undefined : refusal(file, stats)
  if (refused !== undefined) return {isThere: false, refused: {severity: 'error', file: file.path, ...refused}}
  return {isThere: stats !== undefined}
}

/** Whether git would take a file along, which it does with all where there is no git. */
export async function isTaken(root: string, path: string): Promise<boolean> {
  const listed = await filesOfGit(root, ['--', `:(literal)${path}`])
  return listed === undefined || listed.length > 0
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

async function filesOfGit(root: string, paths: string[] = []): Promise<string[] | undefined> {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...paths]
  const listed = await gitOutput(['-C', root, ...listing])
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
