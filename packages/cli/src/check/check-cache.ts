import {mkdir, readFile, rename, writeFile} from 'node:fs/promises'
import {createHash} from 'node:crypto'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import type {CheckedDocument} from './checked-document.ts'

/** What earlier checks said of files that are the same still. Losing it costs time only. */
export type CheckCache = {
  get: (key: string) => CheckedDocument | undefined
  put: (key: string, document: CheckedDocument) => void
  /** Keeps what was asked for or put since it was opened, and forgets the rest. */
  save: () => Promise<void>
}

/** A file that cannot be read, or is none of ours, is an empty cache. */
export async function openCheckCache(file: string): Promise<CheckCache> {
  const known = await readEntries(file)
  const used = new Map<string, CheckedDocument>()
  let isChanged = false
  return {
    get(key) {
      const document = known.get(key)
      if (document !== undefined) used.set(key, document)
      return document
    },
    put(key, document) {
      used.set(key, document)
      isChanged = true
    },
    async save() {
      if (!isChanged && used.size === known.size) return
      const aside = `${file}.new-${process.pid}`
      await mkdir(dirname(file), {recursive: true})
      await writeFile(aside, JSON.stringify([...used]))
      await rename(aside, file)
    },
  }
}

/** In the cache folder of the operating system, a file for each site. */
export function cacheFileFor(root: string, env: Record<string, string | undefined>): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return join(cacheFolder(env), 'broadside', `check-${name}.json`)
}

function cacheFolder(env: Record<string, string | undefined>): string {
  const {XDG_CACHE_HOME: chosen, LOCALAPPDATA: windows} = env
  if (chosen !== undefined && chosen !== '') return chosen
  if (process.platform === 'win32' && windows !== undefined) return windows
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache')
}

async function readEntries(file: string): Promise<Map<string, CheckedDocument>> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')) as [string, CheckedDocument][])
  } catch {
    return new Map()
  }
}
