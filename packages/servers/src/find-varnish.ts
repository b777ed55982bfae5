import {existsSync} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {openDebianPackages} from './debian-packages.ts'
import {searchPath} from './search-path.ts'
import {takeLock} from './take-lock.ts'
import {libraryFolders, unpackedFolder} from './unpacked-server.ts'

export type VarnishProgram = {bin: string; env: Record<string, string>}

const cacheDir = join(import.meta.dirname, '..', '..', '..', '.tools', 'servers')

/**
 * Varnish, for tests of what a cache keeps and forgets: the one on PATH, packages of Debian or Ubuntu that were unpacked
 * earlier, or unpacked now, which installs nothing. It translates its configuration with a C compiler, which has to be
 * there. Undefined where it cannot be had; a repeat finds what the first call fetched.
 */
export async function findVarnish(): Promise<VarnishProgram | undefined> {
  if (searchPath('cc').length === 0) return undefined
  const [bin] = searchPath('varnishd')
  if (bin !== undefined) return {bin, env: {}}
  const folder = await unpackedFolder('varnish', cacheDir)
  if (!existsSync(programIn(folder))) await unpack(folder).catch(() => undefined)
  if (!existsSync(programIn(folder))) return undefined
  return {bin: programIn(folder), env: {LD_LIBRARY_PATH: (await libraryFolders(folder)).join(':')}}
}

const programIn = (folder: string) => join(folder, 'usr', 'sbin', 'varnishd')

/** Made aside and renamed into place, so that a killed one leaves nothing half done and two at once get the same. */
async function unpack(folder: string): Promise<void> {
  await mkdir(dirname(folder), {recursive: true})
  const release = await takeLock(`${folder}.lock`)
  const aside = `${folder}.new`
  try {
    if (existsSync(programIn(folder))) return
    await rm(aside, {recursive: true, force: true})
    const packages = await openDebianPackages(() => {})
    try {
      await packages.unpack('varnish', aside)
    } finally {
      await packages.close()
    }
    await rename(aside, folder)
  } finally {
    await release()
  }
}
