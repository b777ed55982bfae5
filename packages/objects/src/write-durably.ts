import {randomUUID} from 'node:crypto'
import {mkdir, open, rename, rm, rmdir} from 'node:fs/promises'
import {dirname, join, relative, sep} from 'node:path'
import {shareTurn} from '@broadside/runtime'

/**
 * Writes a file so that at every instant, power loss included, the path holds the old bytes or all of the new: a
 * synced temporary file is renamed over it, then the folder is synced. `beforeRename` is the last chance to throw.
 */
export async function writeDurably(
  path: string,
  body: Uint8Array | string,
  {tempDir, beforeRename = () => {}}: {tempDir: string; beforeRename?: () => Promise<void> | void},
): Promise<void> {
  const temporary = join(tempDir, randomUUID())
  try {
    await writeSynced(temporary, body)
    await beforeRename()
    const touched = await renameInto(temporary, path)
    for (const folder of touched) await syncFolder(folder)
  } catch (error) {
    await rm(temporary, {force: true})
    throw error
  }
}

async function writeSynced(path: string, body: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(body)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Renames, making the folders above as needed, and gives the folders whose entries changed. */
async function renameInto(from: string, to: string): Promise<string[]> {
  const folder = dirname(to)
  let touched = [folder]
  // Somebody who deletes may prune a folder between our making it and our renaming into it; then it is made again.
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to)
      return touched
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      if (attempt === 5) throw error
      if (code === 'ENOENT') {
        const first = await mkdir(folder, {recursive: true})
        if (first !== undefined) touched = foldersBetween(dirname(first), folder)
      } else if (code === 'EISDIR') {
        // An empty folder that was left by a killed delete gives way; a folder with objects in it does not.
        await rmdir(to)
      } else throw error
    }
  }
}

function foldersBetween(top: string, bottom: string): string[] {
  const parts = relative(top, bottom).split(sep)
  return [top, ...parts.map((_, index) => join(top, ...parts.slice(0, index + 1)))]
}

/** By folder, while a sync of it is asked for. */
const syncs = new Map<string, () => Promise<void>>()

/**
 * Syncs the entries of a folder. Of many who ask at about the same time, each after its own rename, all share one sync:
 * a large release writes thousands of files below a few folders.
 */
function syncFolder(path: string): Promise<void> {
  const sync = syncs.get(path) ?? shareTurn(() => (syncs.delete(path), syncNow(path)))
  syncs.set(path, sync)
  return sync()
}

async function syncNow(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  try {
    await folder?.sync()
  } finally {
    await folder?.close()
  }
}
