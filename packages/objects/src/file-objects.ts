import {createHash, hash} from 'node:crypto'
import {mkdir, open, readdir, rm, stat} from 'node:fs/promises'
import type {FileHandle} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import {checkDeadline} from './check-deadline.ts'
import {checkKey} from './check-key.ts'
import {explainFileError} from './file-error.ts'
import {createHeaderFiles} from './header-file.ts'
import type {ListedObject, Objects} from './objects.ts'
import {createDurableWriter} from './create-durable-writer.ts'

/** A file that a killed process left aside is removed once it is older than any put can take. */
const leftoverMs = 60 * 60 * 1000
const ownFolders = new Set(['.tmp', '.headers'])

/**
 * Objects as files below `folder`, made when missing: `<folder>/posts/hello/index.html`. Each put is synced to disk
 * before it is answered. ETags are the MD5 of the bytes, as S3's are for plain puts. Conditions on puts are ignored.
 *
 * Headers that are not the default ones lie beside in `.headers` and are written just before the bytes, so a reader
 * between the two, or a crash there, may meet new headers with old bytes until the put is repeated.
 *
 * Throws `objects.denied`, `objects.key`, `objects.key-conflict` (invalid), `objects.full`, `objects.busy`,
 * `objects.failed`, `objects.deadline` (transient).
 */
export async function openFileObjects(folder: string): Promise<Objects> {
  const root = resolve(folder)
  const tempDir = join(root, '.tmp')
  const writer = createDurableWriter(root, tempDir)
  const headerFiles = createHeaderFiles(join(root, '.headers'), writer)
  await explained(`open ${root}`, async () => {
    await mkdir(root, {recursive: true})
    // A recursive mkdir tells of a read-only disk as if a folder were missing; a plain one says what it is.
    await mkdir(tempDir).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await removeLeftovers(tempDir)
  })

  const pathOf = (key: string) => {
    checkKey(key)
    if (ownFolders.has(key.split('/')[0] as string)) {
      throw new BroadsideError(
        'invalid',
        'objects.key',
        `The key ${key} lies in a folder that Broadside keeps for itself`,
      )
    }
    return join(root, key)
  }

  return {
    capabilities: {conditionalPut: false},
    put(key, body, headers, {signal, beforeVisible} = {}) {
      return explained(`write ${key} below ${root}`, async () => {
        const path = pathOf(key)
        const isInTime = () => checkDeadline(signal, `write ${key}`)
        isInTime()
        // Writing and syncing may take long, so whoever asks is asked at the end of it, before headers and bytes show.
        const beforeRename = async () => {
          await beforeVisible?.()
          isInTime()
          await headerFiles.write(key, headers)
        }
        await writer.write(path, body, beforeRename)
        return {etag: hash('md5', body)}
      })
    },
    get(key, {signal} = {}) {
      return explained(`read ${key} below ${root}`, async () => {
        checkDeadline(signal, `read ${key}`)
        return await withFile(pathOf(key), async (file) => {
          const body = new Uint8Array(await file.readFile())
          return {body, headers: await headerFiles.read(key), etag: hash('md5', body), size: body.byteLength}
        })
      })
    },
    head(key, {signal} = {}) {
      return explained(`read ${key} below ${root}`, async () => {
        checkDeadline(signal, `read ${key}`)
        return await withFile(pathOf(key), async (file) => ({
          ...(await measure(file)),
          headers: await headerFiles.read(key),
        }))
      })
    },
    async delete(keys, {signal} = {}) {
      for (const key of keys) {
        await explained(`remove ${key} below ${root}`, async () => {
          const path = pathOf(key)
          checkDeadline(signal, `remove ${key}`)
          await removeFile(path)
          await headerFiles.remove(key)
          await writer.prune(dirname(path))
        })
      }
    },
    async *list(prefix, {signal} = {}) {
      for await (const key of walk(root, prefix)) {
        checkDeadline(signal, `list ${prefix}`)
        const found = await explained(`read ${key} below ${root}`, () => withFile(join(root, key), measure))
        if (found !== undefined) yield {key, ...found} satisfies ListedObject
      }
    },
    describe: () => `files below ${root}`,
    close: async () => {},
  }
}

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainFileError(error, what)
  }
}

/** Gives the work an open file, or undefined where there is no file by this path. */
async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    return (await file.stat()).isFile() ? await work(file) : undefined
  } finally {
    await file.close()
  }
}

/** Size and ETag of a file of any size, in little memory. */
async function measure(file: FileHandle): Promise<{etag: string; size: number}> {
  const md5 = createHash('md5')
  const buffer = Buffer.allocUnsafe(64 * 1024)
  let size = 0
  for (;;) {
    const {bytesRead} = await file.read(buffer, 0, buffer.byteLength, size)
    if (bytesRead === 0) return {etag: md5.digest('hex'), size}
    md5.update(buffer.subarray(0, bytesRead))
    size += bytesRead
  }
}

async function removeFile(path: string): Promise<void> {
  await rm(path).catch((error: NodeJS.ErrnoException) => {
    // A folder by this path is no object, so there is nothing to remove either.
    if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR'].includes(error.code ?? '')) throw error
  })
}

/** Keys below the prefix in ascending order of their bytes; holds one folder's names a level in memory. */
async function* walk(root: string, prefix: string, above = ''): AsyncGenerator<string> {
  const entries = await explained(`list ${join(root, above)}`, () =>
    readdir(join(root, above), {withFileTypes: true}).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
      throw error
    }),
  )
  const names = entries
    .filter((entry) => entry.isFile() || (entry.isDirectory() && !(above === '' && ownFolders.has(entry.name))))
    .map((entry) => `${above}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .filter((name) => name.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(name)))
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  for (const name of names) {
    if (name.endsWith('/')) yield* walk(root, prefix, name)
    else yield name
  }
}

async function removeLeftovers(tempDir: string): Promise<void> {
  for (const name of await readdir(tempDir)) {
    const path = join(tempDir, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > leftoverMs) await rm(path, {recursive: true, force: true})
  }
}
