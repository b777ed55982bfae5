import {randomUUID} from 'node:crypto'
import * as fs from 'node:fs'
import {rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {createFolderSync} from './create-folder-sync.ts'

/** Writes files below one folder so that they are there after a power loss. */
export type DurableWriter = {
  /**
   * At every instant, power loss included, the path holds the old bytes or all of the new: a synced temporary file is
   * renamed over it, then the folders that lead to it are synced. `beforeRename` is the last chance to throw.
   */
  write(path: string, body: Uint8Array, beforeRename?: () => Promise<void> | void): Promise<void>
  /** Removes this folder and those above that are empty; what is written there later makes them again. */
  prune(folder: string): Promise<void>
}

// A large release writes some ten thousand files, and `fs/promises` takes three times the CPU of the plain calls. What
// is synced has nothing left to write when it is closed, so that a turn of a thread would cost more than closing it here.
const fsync = promisify(fs.fsync)
const mkdir = promisify(fs.mkdir)
const open = promisify(fs.open)
const rename = promisify(fs.rename)
const rmdir = promisify(fs.rmdir)
const write = promisify(fs.write)

/** Enough for the folders that are written to again and again; of the others none is missed. */
const mostSettled = 4_096

/** For files below `root`; temporary ones lie in `tempDir` of the same file system. */
export function createDurableWriter(root: string, tempDir: string): DurableWriter {
  /** Folders whose way from the root is on the disk, as far as this process knows. */
  const settled = new Set<string>([root])
  let prunes = 0
  const syncFolders = createFolderSync()

  /** Renames, making the folders above as needed. */
  async function renameInto(from: string, to: string): Promise<void> {
    const folder = dirname(to)
    // Somebody who deletes may prune a folder between our making it and our renaming into it; then it is made again.
    for (let attempt = 1; ; attempt++) {
      try {
        if (!settled.has(folder)) await mkdir(folder, {recursive: true})
        await rename(from, to)
        return
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException
        if (attempt === 5) throw error
        if (code === 'ENOENT') forget(folder)
        // An empty folder that was left by a killed delete gives way; a folder with objects in it does not.
        else if (code === 'EISDIR') await rmdir(to)
        else throw error
      }
    }
  }

  /** What this process did not see settle is synced too: somebody else may have made it, and not have synced it yet. */
  async function settle(folder: string): Promise<void> {
    const seen = prunes
    const touched = [folder]
    for (let path = folder; !settled.has(path); path = dirname(path)) touched.push(dirname(path))
    await syncFolders(touched)
    if (seen !== prunes) return
    if (settled.size > mostSettled) settled.clear()
    for (const path of [root, ...touched]) settled.add(path)
  }

  function forget(folder: string): void {
    prunes += 1
    for (let path = folder; path !== root; path = dirname(path)) settled.delete(path)
  }

  return {
    async write(path, body, beforeRename = () => {}) {
      const temporary = join(tempDir, randomUUID())
      try {
        await writeSynced(temporary, body)
        await beforeRename()
        await renameInto(temporary, path)
        await settle(dirname(path))
      } catch (error) {
        await rm(temporary, {force: true})
        throw error
      }
    },
    async prune(folder) {
      for (let path = folder; path !== root; path = dirname(path)) {
        forget(path)
        const isGone = await rmdir(path).then(
          () => true,
          (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
        )
        if (!isGone) return
      }
    },
  }
}

async function writeSynced(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (let at = 0; at < body.byteLength;) at += (await write(file, body, at)).bytesWritten
    await fsync(file)
  } finally {
    fs.closeSync(file)
  }
}
