import {join} from 'node:path'
import {searchPath} from './search-path.ts'
import {unpackPackages} from './unpack-packages.ts'
import {libraryFolders, unpackedFolder} from './unpacked-server.ts'

export type VarnishProgram = {bin: string; env: Record<string, string>}

const cacheDir = join(import.meta.dirname, '..', '..', '..', '.tools', 'servers')
const program = join('usr', 'sbin', 'varnishd')

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
  if (!(await unpackPackages(['varnish'], {folder, program}))) return undefined
  return {bin: join(folder, program), env: {LD_LIBRARY_PATH: (await libraryFolders(folder)).join(':')}}
}
