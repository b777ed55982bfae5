import {existsSync} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {openDebianPackages} from './debian-packages.ts'
import {takeLock} from './take-lock.ts'

/**
 * Unpacks packages of Debian or Ubuntu, with all that they need, into `folder`, unless it has `program` already: made
 * aside and renamed into place, so that a killed one leaves nothing half done and two at once get the same. False where
 * they cannot be had.
 */
export async function unpackPackages(
  packageNames: string[],
  {folder, program}: {folder: string; program: string},
): Promise<boolean> {
  const isThere = () => existsSync(join(folder, program))
  if (!isThere()) await unpack(packageNames, folder, isThere).catch(() => undefined)
  return isThere()
}

async function unpack(packageNames: string[], folder: string, isThere: () => boolean): Promise<void> {
  await mkdir(dirname(folder), {recursive: true})
  const release = await takeLock(`${folder}.lock`)
  const aside = `${folder}.new`
  try {
    if (isThere()) return
    await rm(aside, {recursive: true, force: true})
    const packages = await openDebianPackages(() => {})
    try {
      for (const name of packageNames) await packages.unpack(name, aside)
    } finally {
      await packages.close()
    }
    await rename(aside, folder)
  } finally {
    await release()
  }
}
