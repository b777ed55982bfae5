import {createReadStream, createWriteStream} from 'node:fs'
import {mkdir, readdir, readFile, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {isSafePath} from '@broadside/content'
import {BroadsideError} from '@broadside/runtime'
import {openPromise} from 'yauzl'
import type {ExportFiles} from './foreign-site.ts'

const maxUnpackedBytes = 20_000_000_000

/**
 * The files of an export: those of a folder, one file alone, or those of a zip, which is unpacked into `scratch`.
 * Links are not followed, and folders of git and of installed packages are left out.
 * @throws BroadsideError `convert.source` (invalid) when nothing is there, or a zip is none or holds more than 20 GB.
 */
export async function openExport(path: string, scratch: string): Promise<ExportFiles> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) {
    throw new BroadsideError('invalid', 'convert.source', `there is nothing at ${path}`, {
      hint: 'Give the folder of the old site, or the file that was exported',
    })
  }
  if (stats.isDirectory()) return filesIn(path, await below(path, ''))
  if (!/\.zip$/i.test(path)) return filesIn(dirname(path), [basename(path)])
  await unpack(path, scratch)
  return filesIn(scratch, await below(scratch, ''))
}

function filesIn(root: string, paths: string[]): ExportFiles {
  const sorted = paths.toSorted()
  return {
    list: () => sorted,
    read: (path) => readFile(join(root, path)),
    stream: (path) => createReadStream(join(root, path)),
  }
}

const leftOut = new Set(['.git', '.hg', '.svn', 'node_modules', '__MACOSX'])

async function below(root: string, folder: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(join(root, folder), {withFileTypes: true})) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory() && !leftOut.has(entry.name)) found.push(...(await below(root, path)))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

/** yauzl refuses names that are absolute or lead upwards; names that no file may have are left out as well. */
async function unpack(path: string, into: string): Promise<void> {
  try {
    const zip = await openPromise(path)
    let total = 0
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !isSafePath(entry.fileName)) continue
      total += entry.uncompressedSize
      if (total > maxUnpackedBytes) throw new Error(`it holds more than ${maxUnpackedBytes / 1e9} GB`)
      const file = join(into, entry.fileName)
      await mkdir(dirname(file), {recursive: true})
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file))
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new BroadsideError('invalid', 'convert.source', `${path} cannot be unpacked: ${what}`, {
      cause: error,
      hint: 'Unpack it yourself, and give the folder',
    })
  }
}
