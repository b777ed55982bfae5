import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {kindOfPath, type Diagnostic} from '@broadside/content'
import {createImagePool} from '@broadside/images/pool'
import {openLedger} from '@broadside/ledger'
import type {createRenderPool} from '@broadside/markdown/pool'
import type {Clock} from '@broadside/runtime'
import {openImageCache} from '../build/image-cache.ts'
import {nameOf} from '../build/open-source.ts'
import type {CheckCache} from '../check/check-cache.ts'
import {createBodyShelf} from './body-shelf.ts'
import {createPreview} from './preview.ts'
import {createSiteCheck} from './site-check.ts'
import {createStudioFiles} from './studio-files.ts'
import {openStudioSite, type StudioSnapshot} from './studio-site.ts'
import type {StudioTold} from './studio-told.ts'
import {watchTree} from './watch-tree.ts'

export type StudioOptions = {
  root: string
  /** Where the preview answers, and so what links in feeds and mails begin with. */
  url: string
  clock: Clock
  createPool: typeof createRenderPool
  workers: number
  cache: CheckCache | undefined
  /** Folder for what is made of images. */
  imageCache: string
  onProgress: (done: number, total: number) => void
}

export type Studio = Awaited<ReturnType<typeof startStudio>>

/** More than where it is published: an author's machine does other things as well. */
const budgetMs = 20_000
/** A moment far away is waited for in parts, since timers hold no more than this. */
const longestWaitMs = 3_600_000

/** Opens a working tree and follows what is saved in it; `listen` is told of each change. */
export async function startStudio(options: StudioOptions) {
  const {root, url, clock, createPool, workers, cache} = options
  const listeners = new Set<(told: StudioTold) => void>()
  const tell = (told: StudioTold) => listeners.forEach((listener) => listener(told))
  const ledger = await openLedger('sqlite::memory:')
  const pool = createPool({size: workers, budgetMs})
  const images = createImagePool({size: workers})
  const files = createStudioFiles(root, ledger, images)
  const bodies = createBodyShelf(pool)
  const name = nameOf(root)
  const check = createSiteCheck(root, (version) => tell({what: 'checked', version}))
  let timer: NodeJS.Timeout | undefined

  const site = await openStudioSite({
    root,
    site: {name, siteUrl: url, audienceUrl: url},
    clock,
    pool,
    workers,
    cache,
    files,
    bodies,
    onProgress: options.onProgress,
    onChange(snapshot) {
      tell({what: 'changed', version: snapshot.version})
      follow(snapshot)
    },
  })

  function follow(snapshot: StudioSnapshot): void {
    check.look(snapshot)
    clearTimeout(timer)
    const next = site.nextChange()
    if (next === undefined) return
    const wait = Math.min(Math.max(0, next - clock.now()), longestWaitMs)
    timer = setTimeout(() => (clock.now() >= next ? site.refresh() : follow(snapshot)), wait).unref()
  }

  const watch = await watchTree(root, {
    isWanted: (folder) => kindOfPath(`${folder}/x`) !== 'ignored',
    onPaths: (paths) => void site.look(paths),
  })
  follow(site.current())
  const imageCache = openImageCache({dir: options.imageCache, pool: images, ledger, site: name, readSource: files.read})

  return {
    site,
    preview: createPreview(),
    files,
    /** What is to be made of an image; undefined where it cannot be. */
    make: imageCache.make,
    diagnostics: (): Diagnostic[] => [...site.current().diagnostics, ...files.diagnostics(), ...check.found()],
    readText: async (path: string) => readFile(join(root, path), 'utf8').catch(() => ''),
    /** Gives the function that ends it. */
    listen(listener: (told: StudioTold) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      watch.close()
      clearTimeout(timer)
      check.close()
      tell({what: 'closed'})
      await cache?.save()
      await pool.close()
      await images.close()
      await ledger.close()
    },
  }
}
