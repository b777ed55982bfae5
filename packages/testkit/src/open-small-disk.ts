import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, statfs, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type SmallDisk = {
  /** Where it is, for this process and its children. */
  folder: string
  /** Takes all of it but so many bytes, rounded up to blocks. */
  fill: (leftBytes: number) => Promise<void>
  /** Gives back what `fill` took. */
  free: () => Promise<void>
  close: () => Promise<void>
}

/** As root of a user namespace of its own, which takes no privileges; or, where there is none to be had, as root. */
const ways = [['--user', '--map-root-user', '--mount'], ['--mount']]

/**
 * A file system in memory that holds so many bytes, and says ENOSPC when it does. It lives in a mount namespace of its
 * own and ends with it, so nothing is left on the machine however a test ends. Undefined where the system gives nobody
 * such a namespace.
 */
export async function openSmallDisk(bytes: number): Promise<SmallDisk | undefined> {
  const place = await mkdtemp(join(tmpdir(), 'broadside-disk-'))
  for (const way of ways) {
    // It ends when its input does, which is when this process ends, and with it the last who sees the mount.
    const script = `mount -t tmpfs -o size=${bytes} none "${place}" && echo mounted && cat`
    const holder = spawn('unshare', [...way, 'sh', '-c', script], {stdio: ['pipe', 'pipe', 'ignore']})
    const ended = new Promise<false>((resolve) => {
      holder.once('error', () => resolve(false))
      holder.once('exit', () => resolve(false))
    })
    const isMounted = await Promise.race([ended, once(holder.stdout, 'data').then(() => true)])
    if (!isMounted) continue
    const folder = `/proc/${holder.pid}/root${place}`
    const filler = join(folder, 'filler')
    return {
      folder,
      async fill(leftBytes) {
        const {bavail, bsize} = await statfs(folder)
        await writeFile(filler, new Uint8Array(bavail * bsize - Math.ceil(leftBytes / bsize) * bsize))
      },
      free: () => rm(filler),
      async close() {
        holder.stdin.end()
        await ended
        await rm(place, {recursive: true, force: true})
      },
    }
  }
  await rm(place, {recursive: true, force: true})
  return undefined
}
