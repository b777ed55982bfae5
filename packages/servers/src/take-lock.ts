import {link, readFile, rm, writeFile} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {identityOf} from './process-identity.ts'

/**
 * Waits until this process holds the lock file and gives the function that lets it go. A lock of a process that is
 * gone is taken over. Two may get in at once when they take over together, or after `patienceMs`: the lock saves
 * double work and is not what keeps the work safe.
 */
export async function takeLock(file: string, patienceMs = 600_000): Promise<() => Promise<void>> {
  const mine = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}`
  await writeFile(mine, JSON.stringify({pid: process.pid, identity: await identityOf(process.pid)}))
  const deadline = performance.now() + patienceMs
  try {
    for (;;) {
      const taken = await link(mine, file).then(
        () => true,
        () => false,
      )
      if (taken) return () => rm(file, {force: true})
      if (performance.now() > deadline || !(await isHeld(file))) await rm(file, {force: true})
      else await delay(100)
    }
  } finally {
    await rm(mine, {force: true})
  }
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const {pid, identity} = JSON.parse(await readFile(file, 'utf8')) as {pid: number; identity: string}
    return (await identityOf(pid)) === identity
  } catch {
    return false
  }
}
