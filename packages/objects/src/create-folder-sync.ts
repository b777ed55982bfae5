import * as fs from 'node:fs'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {promisify} from 'node:util'

const fsync = promisify(fs.fsync)
const open = promisify(fs.open)

type Round = {folders: Set<string>; synced: Promise<ReadonlyMap<string, Promise<void>>>}

/**
 * Syncs the entries of folders, in rounds: who asks while one is under way shares the next, which begins when it is over.
 * A large release writes thousands of files below a few folders, and two into each of thousands: half of all its syncs
 * were of folders that were being synced already. Rejects for those whose folder could not be synced.
 */
export function createFolderSync(sync: (folder: string) => Promise<void> = syncNow) {
  let next: Round | undefined
  let last: Promise<unknown> = Promise.resolve()

  function openRound(): Round {
    const folders = new Set<string>()
    const synced = last.then(nextTurn).then(async () => {
      next = undefined
      const syncs = new Map([...folders].map((folder) => [folder, sync(folder)]))
      await Promise.allSettled(syncs.values())
      return syncs
    })
    last = synced
    return {folders, synced}
  }

  return async (folders: string[]): Promise<void> => {
    next ??= openRound()
    for (const folder of folders) next.folders.add(folder)
    const synced = await next.synced
    await Promise.all(folders.map((folder) => synced.get(folder)!))
  }
}

async function syncNow(path: string): Promise<void> {
  // A folder that is gone has nothing to keep, and some file systems do not let folders be synced.
  const folder = await open(path, 'r').catch(() => undefined)
  if (folder === undefined) return
  try {
    await fsync(folder)
  } finally {
    fs.closeSync(folder)
  }
}
