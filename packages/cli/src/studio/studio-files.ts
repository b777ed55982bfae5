import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Diagnostic} from '@broadside/content'
import {encoderVersion, type ImageFacts} from '@broadside/images'
import type {ImagePool} from '@broadside/images/pool'
import {findImage, type Ledger} from '@broadside/ledger'
import {judgeImage, sha256} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'
import type {AssetFile} from '@broadside/site'

/** The files of a site that are no Markdown. They are read when a page shows them, and not before. */
export type StudioFiles = {
  set: (path: string) => void
  delete: (path: string) => void
  has: (path: string) => boolean
  paths: () => string[]
  /** Undefined for one that is not there, or must not be published. */
  asset: (path: string) => Promise<AssetFile | undefined>
  /** Of those that were read. */
  byHash: (prefix: string) => Promise<AssetFile[]>
  /** @throws BroadsideError `dev.file-gone` (transient) when no file that was read has these bytes any more. */
  read: (hash: string) => Promise<Uint8Array>
  /** What is wrong with those that were read. */
  diagnostics: () => Diagnostic[]
}

type Known = {file: Omit<AssetFile, 'image'> | undefined; diagnostics: Diagnostic[]}

/** What is found out about images is kept in `ledger`, by their content. */
export function createStudioFiles(root: string, {db}: Ledger, images: ImagePool): StudioFiles {
  const known = new Map<string, Promise<Known> | undefined>()
  const told = new Map<string, Diagnostic[]>()

  async function look(path: string): Promise<Known> {
    const bytes = await readFile(join(root, path))
    const hash = sha256(bytes)
    const {isDangerous, diagnostics} = await judgeImage({db, images}, {path, hash, bytes})
    told.set(path, diagnostics)
    if (isDangerous) return {file: undefined, diagnostics}
    return {file: {path, hash, size: bytes.byteLength}, diagnostics}
  }

  async function asset(path: string): Promise<AssetFile | undefined> {
    if (!known.has(path)) return undefined
    const looked = known.get(path) ?? look(path)
    known.set(path, looked)
    const found = await looked.catch(() => undefined)
    if (found === undefined && known.get(path) === looked) known.set(path, undefined)
    if (found?.file === undefined) return undefined
    const row = await findImage(db, found.file.hash)
    if (row?.facts == null) return found.file
    const image = JSON.parse(row.facts) as ImageFacts
    return {...found.file, image: row.failed === encoderVersion ? {...image, sound: false} : image}
  }

  return {
    set: (path) => void known.set(path, undefined),
    delete(path) {
      known.delete(path)
      told.delete(path)
    },
    has: (path) => known.has(path),
    paths: () => [...known.keys()],
    asset,
    async byHash(prefix) {
      const paths = [...known].flatMap(([path, looked]) => (looked === undefined ? [] : [path]))
      const files = await Promise.all(paths.map(asset))
      return files.flatMap((file) => (file?.hash.startsWith(prefix) === true ? [file] : []))
    },
    async read(hash) {
      for (const [path, looked] of known) {
        const found = await looked?.catch(() => undefined)
        if (found?.file?.hash !== hash) continue
        // It may have been saved anew since it was looked at.
        const bytes = await readFile(join(root, path)).catch(() => undefined)
        if (bytes !== undefined && sha256(bytes) === hash) return bytes
      }
      throw new BroadsideError('transient', 'dev.file-gone', `no file has the bytes ${hash} any more`, {
        hint: 'Load the page again; it shows what the files hold now',
      })
    },
    diagnostics: () => [...told].flatMap(([path, found]) => (known.has(path) ? found : [])),
  }
}
