import {mkdir, readdir, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {encoderVersion, recipeName, type CardOrder, type ImageOrder} from '@broadside/images'
import {createImageMaker, type ImagePool} from '@broadside/images/pool'
import {recordImageFailure, type Ledger} from '@broadside/ledger'
import {placeImages, sha256} from '@broadside/revision'

export type ImageCache = {
  /** Where the file is that an order asks for; undefined where an image has no variants. */
  make: (order: ImageOrder | CardOrder) => Promise<{file: string} | undefined>
}

type Options = {
  dir: string
  pool: ImagePool
  ledger: Ledger
  site: string
  readSource: (hash: string) => Promise<Uint8Array>
}

/**
 * Keeps what is made of images in a folder, by source and recipe: `<source>/<recipe>~<hash>`. Several builds may share it;
 * each file appears whole or not at all.
 */
export function openImageCache({dir, pool, ledger, site, readSource}: Options): ImageCache {
  const kept = new Map<string, string>()
  const folderOf = (source: string) => join(dir, source)

  async function filesOf(source: string): Promise<Map<string, string>> {
    const names = await readdir(folderOf(source)).catch(() => [])
    return new Map(
      names.flatMap((name) => {
        const [recipe = '', hash = ''] = name.split('~')
        return hash === '' || hash.includes('.') ? [] : [[recipe, hash] as const]
      }),
    )
  }

  const maker = createImageMaker({
    pool,
    shelf: {
      read: readSource,
      made: filesOf,
      async keep(bytes) {
        const hash = sha256(bytes)
        const aside = join(dir, `${hash}.new-${process.pid}`)
        await mkdir(dir, {recursive: true})
        await writeFile(aside, bytes)
        kept.set(hash, aside)
        return hash
      },
      async record(source, made) {
        await mkdir(folderOf(source), {recursive: true})
        for (const {recipe, hash} of made) {
          const aside = kept.get(hash)
          kept.delete(hash)
          if (aside !== undefined) await rename(aside, join(folderOf(source), `${recipe}~${hash}`))
        }
      },
      async refuse(source, problem) {
        await recordImageFailure(ledger.db, {site, hash: source, encoder: encoderVersion, problem})
        await placeImages(ledger, site)
      },
    },
  })

  return {
    async make(order) {
      const hash = await maker.make(order)
      return hash === undefined
        ? undefined
        : {file: join(folderOf(order.source), `${recipeName(order.recipe)}~${hash}`)}
    },
  }
}
