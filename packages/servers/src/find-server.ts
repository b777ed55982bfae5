import {join} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import {openDebianPackages} from './debian-packages.ts'
import type {DebianPackages} from './debian-packages.ts'
import {findInDocker} from './docker.ts'
import {readVersion} from './read-version.ts'
import {searchPath} from './search-path.ts'
import type {OnProgress, ServerName, ServerProgram} from './server.ts'
import {makeUnpacked, readUnpacked, unpackedFolder} from './unpacked-server.ts'

export type FindOptions = {
  /** Where unpacked packages are kept; `.tools/servers` of the checkout unless told otherwise. */
  cacheDir?: string
  onProgress?: OnProgress
}

const checkout = join(import.meta.dirname, '..', '..', '..')

/**
 * Finds a program to run the server with, fetching it where there is none: the path in `NATS_SERVER` or
 * `REDIS_SERVER`, PATH and the usual folders, packages unpacked earlier, packages of Debian or Ubuntu unpacked now
 * (with or without root, nothing is installed), docker. A repeat finds what the first call fetched.
 *
 * Throws `servers.override` (invalid) when the named path is no server that can be used, and `servers.missing`
 * (invalid) with what to install when there is no way to get one.
 */
export async function findServer(name: ServerName, options: FindOptions = {}): Promise<ServerProgram> {
  const [program] = await findServers([name], options)
  return program as ServerProgram
}

/** As `findServer` for several servers, in the same order, with one look at the package archive for all. */
export async function findServers(names: ServerName[], options: FindOptions = {}): Promise<ServerProgram[]> {
  const {cacheDir = join(checkout, '.tools', 'servers'), onProgress = () => {}} = options
  let opened: Promise<DebianPackages> | undefined
  const packages = () => (opened ??= openDebianPackages(onProgress))
  try {
    const programs: ServerProgram[] = []
    for (const name of names) programs.push(await find(name, cacheDir, onProgress, packages))
    return programs
  } finally {
    await (await opened)?.close()
  }
}

async function find(
  name: ServerName,
  cacheDir: string,
  onProgress: OnProgress,
  packages: () => Promise<DebianPackages>,
): Promise<ServerProgram> {
  const installed = (await findOverride(name)) ?? (await findOnPath(name))
  if (installed !== undefined) return installed
  const folder = await unpackedFolder(name, cacheDir)
  const unpacked = await readUnpacked(name, folder)
  if (unpacked !== undefined) return unpacked

  const tried = [`no ${name}-server on PATH`]
  let cause: unknown
  if (searchPath('apt-get').length === 0 || searchPath('dpkg-deb').length === 0) tried.push('no apt-get')
  else {
    try {
      const made = await makeUnpacked(name, folder, packages)
      if (made !== undefined) return made
      tried.push('the packaged one does not run here')
    } catch (error) {
      cause = error
      tried.push('its package could not be fetched')
    }
  }
  const contained = await findInDocker(name, onProgress)
  if (contained !== undefined) return contained
  tried.push('no docker daemon that answers')
  throw new BroadsideError('invalid', 'servers.missing', `There is no ${name}-server to run: ${tried.join(', ')}`, {
    hint: howToInstall(name),
    cause,
    details: {server: name},
  })
}

async function findOverride(name: ServerName): Promise<ServerProgram | undefined> {
  const variable = `${name.toUpperCase()}_SERVER`
  const bin = process.env[variable]
  if (bin === undefined || bin === '') return undefined
  const version = await readVersion(name, bin)
  if (version !== undefined) return {bin, version, from: variable}
  throw new BroadsideError(
    'invalid',
    'servers.override',
    `${variable} names ${bin}, which is no usable ${name}-server`,
    {
      hint: `Give it the path of an executable ${name}-server, or leave it empty to let Broadside find one.`,
      details: {server: name, path: bin},
    },
  )
}

async function findOnPath(name: ServerName): Promise<ServerProgram | undefined> {
  for (const bin of searchPath(`${name}-server`)) {
    const version = await readVersion(name, bin)
    if (version !== undefined) return {bin, version, from: 'PATH'}
  }
  return undefined
}

function howToInstall(name: ServerName): string {
  const formula = name === 'nats' ? 'nats-server' : 'redis'
  const url = name === 'nats' ? 'NATS_URL=nats://host:4222 (JetStream on)' : 'REDIS_URL=redis://host:6379'
  return (
    `Install it with \`sudo apt-get install ${name}-server\` (Debian, Ubuntu) or \`brew install ${formula}\` (macOS), ` +
    `start Docker, or use a running one with ${url}.`
  )
}
