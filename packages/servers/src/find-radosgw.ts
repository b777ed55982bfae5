import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {unpackPackages} from './unpack-packages.ts'
import {libraryFolders, unpackedFolder} from './unpacked-server.ts'

const run = promisify(execFile)

/** The programs of Ceph that an S3 server of one machine takes. */
export type RadosgwPrograms = {
  /** Where a program of this name lies: `ceph-mon`, `ceph-osd`, `radosgw` and those that prepare them. */
  binOf: (name: string) => string
  env: Record<string, string>
  /** Where they find their plugins. */
  libraries: string
}

const cacheDir = join(import.meta.dirname, '..', '..', '..', '.tools', 'servers')
const program = join('usr', 'bin', 'radosgw')

/**
 * Ceph's S3 server with what it stores in, for tests against one that judges signatures and keeps conditions: packages of
 * Debian or Ubuntu that were unpacked earlier, or unpacked now, which takes a minute or two and 260 MB and installs
 * nothing. Undefined where it cannot be had; a repeat finds what the first call fetched.
 */
export async function findRadosgw(): Promise<RadosgwPrograms | undefined> {
  const folder = await unpackedFolder('radosgw', cacheDir)
  if (!(await unpackPackages(['radosgw', 'ceph-mon', 'ceph-osd'], {folder, program}))) return undefined
  const folders = await libraryFolders(folder)
  const libraries = folders.find((one) => existsSync(join(one, 'rados-classes')))
  if (libraries === undefined) return undefined
  const env = {LD_LIBRARY_PATH: [...folders, join(libraries, 'ceph')].join(':')}
  const binOf = (name: string) => join(folder, 'usr', 'bin', name)
  const runs = await run(binOf('radosgw'), ['--version'], {env: {...process.env, ...env}}).then(
    () => true,
    () => false,
  )
  return runs ? {binOf, env, libraries} : undefined
}
