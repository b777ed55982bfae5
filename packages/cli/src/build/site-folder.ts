import {copyFile, mkdir, readdir, readFile, rename, rm, rmdir, writeFile} from 'node:fs/promises'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {BroadsideError} from '@broadside/runtime'

/** Names the files that a build has written, so that the next one removes its own leftovers and nobody else's. */
const markerName = '.broadside-build'

export type SiteFolder = {
  /** Bytes, or the path of a file to copy. A file that is the same already is not touched. */
  write: (key: string, content: Uint8Array | {file: string}) => Promise<void>
  /** Removes what an earlier build wrote and this one did not; gives how many files. */
  finish: () => Promise<number>
}

/**
 * Opens the folder that a build of `keys` writes into. Each file appears whole or not at all, and a build that is
 * killed leaves a folder that the next one puts right.
 *
 * @throws BroadsideError `build.out` (invalid) when the folder holds files and no build of ours made it, unless forced.
 */
export async function openSiteFolder(dir: string, keys: string[], {force}: {force: boolean}): Promise<SiteFolder> {
  const earlier = await readMarker(dir)
  if (earlier === undefined && !force && (await readdir(dir).catch(() => [])).length > 0) {
    throw new BroadsideError('invalid', 'build.out', `${dir} holds files that no build of Broadside wrote`, {
      hint: 'Choose another folder, or add --force to write among them; none of them is removed then',
    })
  }
  await mkdir(dir, {recursive: true})
  const old = new Set(earlier ?? [])
  const now = new Set(keys)
  await writeMarker(dir, [...new Set([...old, ...now])])
  return {
    async write(key, content) {
      const path = pathOf(dir, key)
      const bytes = content instanceof Uint8Array ? content : undefined
      if (bytes !== undefined && (await isSame(path, bytes))) return
      const aside = `${path}.new-${process.pid}`
      try {
        await mkdir(dirname(path), {recursive: true})
        if (content instanceof Uint8Array) await writeFile(aside, content)
        else await copyFile(content.file, aside)
        await rename(aside, path)
      } catch (cause) {
        await rm(aside, {force: true}).catch(() => {})
        throw new BroadsideError('transient', 'build.write', `cannot write ${path}`, {
          cause,
          hint: 'Look at the free space and at what else lies there',
        })
      }
    },
    async finish() {
      const left = [...old].filter((key) => !now.has(key))
      for (const key of left) {
        const path = pathOf(dir, key)
        await rm(path, {force: true})
        await removeEmpty(dir, dirname(path))
      }
      await writeMarker(dir, [...now])
      return left.length
    },
  }
}

/** Keys come from addresses, which authors choose: whatever they are, nothing is written outside the folder. */
function pathOf(dir: string, key: string): string {
  const path = resolve(dir, key)
  const inside = relative(dir, path)
  if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !key.startsWith('/')) return path
  throw new BroadsideError('bug', 'build.key', `the output ${JSON.stringify(key)} lies outside the folder`)
}

async function isSame(path: string, bytes: Uint8Array): Promise<boolean> {
  const there = await readFile(path).catch(() => undefined)
  return there !== undefined && there.equals(bytes)
}

/** Folders that became empty go too, up to the folder of the site. */
async function removeEmpty(dir: string, folder: string): Promise<void> {
  for (let at = folder; at !== dir && at.startsWith(dir + sep); at = dirname(at)) {
    if (
      await rmdir(at).then(
        () => false,
        () => true,
      )
    )
      return
  }
}

async function readMarker(dir: string): Promise<string[] | undefined> {
  const text = await readFile(join(dir, markerName), 'utf8').catch(() => undefined)
  return text?.split('\n').filter((line) => line !== '')
}

async function writeMarker(dir: string, keys: string[]): Promise<void> {
  const path = join(dir, markerName)
  await writeFile(
    `${path}.new`,
    keys
      .toSorted()
      .map((key) => `${key}\n`)
      .join(''),
  )
  await rename(`${path}.new`, path)
}
