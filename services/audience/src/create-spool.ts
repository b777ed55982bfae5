import {randomBytes} from 'node:crypto'
import {mkdir, open, readdir, readFile, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {z} from 'zod'

const schema = z.object({site: z.string(), subscriber: z.string(), cause: z.string(), at: z.number()})

/** Somebody left at `at`, ms. */
export type Leaving = z.infer<typeof schema>

export type Spool = {
  /** Resolves when the request is on disk. */
  keep: (leaving: Leaving) => Promise<void>
  /**
   * Hands what is kept to `apply`, the oldest first, and forgets each that was applied; the first that cannot be
   * applied ends it, for a later try. A request may come twice, after a kill in between.
   *
   * @returns how many were applied.
   */
  drain: (apply: (leaving: Leaving) => Promise<void>) => Promise<number>
}

/**
 * Keeps requests to leave while the ledger takes none, a file each in `folder`, which is made when it is needed. Files
 * are whole or not there, since they come by a rename, and several processes may share the folder.
 */
export function createSpool(folder: string): Spool {
  return {
    async keep(leaving) {
      await mkdir(folder, {recursive: true, mode: 0o700})
      const name = join(folder, `${String(leaving.at).padStart(15, '0')}-${randomBytes(6).toString('hex')}`)
      const file = await open(`${name}.new`, 'wx', 0o600)
      try {
        await file.writeFile(JSON.stringify(leaving))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${name}.new`, `${name}.json`)
      const parent = await open(folder)
      try {
        await parent.sync()
      } finally {
        await parent.close()
      }
    },
    async drain(apply) {
      const names = await readdir(folder).catch(() => [])
      let applied = 0
      for (const name of names.filter((one) => one.endsWith('.json')).toSorted()) {
        const path = join(folder, name)
        const text = await readFile(path, 'utf8').catch(() => undefined)
        // Another process was faster.
        if (text === undefined) continue
        await apply(schema.parse(JSON.parse(text)))
        await rm(path, {force: true})
        applied += 1
      }
      return applied
    },
  }
}
