import {watch, type FSWatcher} from 'node:fs'
import {lstat, readdir} from 'node:fs/promises'
import {join, relative, sep} from 'node:path'
import {BroadsideError} from '@broadside/runtime'

export type WatchOptions = {
  /** Whether a folder below the root is looked into. */
  isWanted: (folder: string) => boolean
  /** Is told which files may have changed, came or went; a folder that went stands for all in it. */
  onPaths: (paths: string[]) => void
}

/** An editor's save is several events, which come within this. */
const settleMs = 10
/** Some editors move a file away before they write it anew, and some empty it first: this long it counts as being written. */
const absentMs = 80

/**
 * Watches the files below a folder, one watcher a folder, which is what systems agree on. Events are hints: what is there is
 * looked up when they settle. Paths are relative, with `/`.
 *
 * @throws BroadsideError `dev.watch` (invalid) where the system gives no more watchers.
 */
export async function watchTree(root: string, {isWanted, onPaths}: WatchOptions): Promise<{close: () => void}> {
  const watchers = new Map<string, {watcher: FSWatcher; identity: string}>()
  /** Path → when it was first missed, ms; 0 for one that nobody has looked at. */
  const pending = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()
  let closed = false

  function note(path: string): void {
    if (closed) return
    if (!pending.has(path)) pending.set(path, 0)
    timer ??= setTimeout(settle, settleMs)
  }

  function settle(): void {
    timer = undefined
    // One after the other, or two would watch the same new folder. What cannot be looked at now is told by the next event
    // of its folder.
    looking = looking.then(look).catch(() => {})
  }

  async function look(): Promise<void> {
    const changed: string[] = []
    const now = performance.now()
    for (const [path, missedAt] of pending) {
      const stats = await lstat(join(root, path)).catch(() => undefined)
      if (stats === undefined || (stats.isFile() && stats.size === 0)) {
        if (missedAt === 0) pending.set(path, now)
        if (missedAt === 0 || now - missedAt < absentMs) continue
        if (stats === undefined) forget(path)
      }
      pending.delete(path)
      if (stats?.isDirectory() === true) changed.push(...(await open(path)))
      else changed.push(path)
    }
    if (pending.size > 0 && !closed) timer ??= setTimeout(settle, absentMs / 2)
    if (changed.length > 0 && !closed) onPaths(changed)
  }

  /** Gives the files in a folder that was not watched before; one that was made anew stands for what was in the old one too. */
  async function open(folder: string): Promise<string[]> {
    if (folder !== '' && !isWanted(folder)) return []
    // Asked before it is watched: where another takes its place in between, the next event of it shows that.
    const identity = await identityOf(join(root, folder))
    const known = watchers.get(folder)
    if (closed || identity === undefined || known?.identity === identity) return []
    if (known !== undefined) forget(folder)
    // Watched before it is read, so that nothing comes unseen in between.
    const watcher = startWatcher(join(root, folder), (name) => note(join(folder, name).split(sep).join('/')))
    watchers.set(folder, {watcher, identity})
    watcher.on('error', () => forget(folder))
    const files = known === undefined ? [] : [folder]
    for (const entry of await readdir(join(root, folder), {withFileTypes: true}).catch(() => [])) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) files.push(...(await open(path)))
      else files.push(path)
    }
    return files
  }

  function forget(folder: string): void {
    for (const [path, {watcher}] of watchers) {
      if (path !== folder && relative(folder, path).startsWith('..')) continue
      watcher.close()
      watchers.delete(path)
    }
  }

  await open('')
  return {
    close() {
      closed = true
      clearTimeout(timer)
      for (const {watcher} of watchers.values()) watcher.close()
    },
  }
}

/** A watcher follows a folder and not its name. Systems give the number of one that went to the next, so birth counts too. */
async function identityOf(folder: string): Promise<string | undefined> {
  const stats = await lstat(folder).catch(() => undefined)
  return stats === undefined ? undefined : `${stats.ino} ${stats.birthtimeMs}`
}

function startWatcher(folder: string, onName: (name: string) => void): FSWatcher {
  try {
    return watch(folder, (_, name) => {
      if (name !== null) onName(name)
    })
  } catch (cause) {
    throw new BroadsideError('invalid', 'dev.watch', `${folder} cannot be watched`, {
      cause,
      hint: 'Allow more watched files (on Linux fs.inotify.max_user_watches), or close programs that watch many',
    })
  }
}
