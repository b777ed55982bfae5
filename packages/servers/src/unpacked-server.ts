import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {DebianPackages} from './debian-packages.ts'
import {readVersion} from './read-version.ts'
import type {ServerName, ServerProgram} from './server.ts'
import {takeLock} from './take-lock.ts'

/** Folder of the server's unpacked packages, named for the release and machine, so that one checkout may serve several. */
export async function unpackedFolder(name: ServerName | 'varnish' | 'radosgw', cacheDir: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (key: string) => new RegExp(`^${key}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'any'
  return join(cacheDir, `${name}-${field('ID')}-${field('VERSION_ID')}-${process.arch}`)
}

/** The server unpacked in `folder`, when it is there and runs. */
export async function readUnpacked(name: ServerName, folder: string): Promise<ServerProgram | undefined> {
  const places = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((place) => join(folder, place, `${name}-server`))
  const bin = places.find((place) => existsSync(place))
  if (bin === undefined) return undefined
  const libraries = await libraryFolders(folder)
  const env: Record<string, string> = libraries.length === 0 ? {} : {LD_LIBRARY_PATH: libraries.join(':')}
  const version = await readVersion(name, bin, env)
  return version === undefined ? undefined : {bin, env, version, from: `packages unpacked in ${dirname(folder)}`}
}

/**
 * Unpacks the server's packages into `folder`: made aside and renamed into place, so that a killed one leaves
 * nothing half done and two at once get the same. Undefined when what was unpacked does not run here.
 */
export async function makeUnpacked(
  name: ServerName,
  folder: string,
  packages: () => Promise<DebianPackages>,
): Promise<ServerProgram | undefined> {
  await mkdir(dirname(folder), {recursive: true})
  const release = await takeLock(`${folder}.lock`)
  const aside = `${folder}.new-${process.pid}-${Date.now()}`
  try {
    const made = await readUnpacked(name, folder)
    if (made !== undefined) return made
    // Only who holds the lock makes a folder aside, so older ones belong to processes that were killed.
    await removeSiblings(`${folder}.new-`)
    await (await packages()).unpack(`${name}-server`, aside)
    if ((await readUnpacked(name, aside)) === undefined) return undefined
    await rm(folder, {recursive: true, force: true})
    await rename(aside, folder)
    return await readUnpacked(name, folder)
  } finally {
    await rm(aside, {recursive: true, force: true})
    await release()
  }
}

/** Where the loader would look were these packages installed: `lib`, `usr/lib` and, below each, the machine's own folder. */
export async function libraryFolders(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const root of ['lib', 'usr/lib']) {
    const names = await readdir(join(folder, root)).catch(() => [])
    if (names.some((name) => name.includes('.so'))) found.push(join(folder, root))
    found.push(...names.filter((name) => name.includes('-linux-')).map((name) => join(folder, root, name)))
  }
  return found
}

async function removeSiblings(prefix: string): Promise<void> {
  const folder = dirname(prefix)
  const names = (await readdir(folder)).map((name) => join(folder, name)).filter((path) => path.startsWith(prefix))
  for (const path of names) await rm(path, {recursive: true, force: true})
}
