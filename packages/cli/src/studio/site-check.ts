import {setImmediate as giveWay} from 'node:timers/promises'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {kindOfPath, type Diagnostic} from '@broadside/content'
import {checkWithHistory} from '../check/check-with-history.ts'
import type {LoadedDocument} from '../check/load-site.ts'
import type {StudioSnapshot} from './studio-site.ts'
import {unlessGone} from './unless-gone.ts'

export type SiteCheck = {
  /** Looks at the site as a whole, a moment after the last change; what is under way for an older one stops. */
  look: (snapshot: StudioSnapshot) => void
  /** What the last look that came to its end has found. */
  found: () => Diagnostic[]
  close: () => void
}

/** What was saved is shown first, and a large site is looked at when its author pauses. */
const quietMs = (files: number) => 40 + files / 10
/** Files that are looked at before others get their turn. */
const filesAtOnce = 20

/** Links, addresses and ids: what only shows when files are seen together. `onChecked` is told of each look that was whole. */
export function createSiteCheck(root: string, onChecked: (version: number) => void): SiteCheck {
  let found: Diagnostic[] = []
  let newest = 0
  let timer: NodeJS.Timeout | undefined

  async function check(snapshot: StudioSnapshot): Promise<void> {
    let files = 0
    const pause = async () => {
      files += 1
      if (files % filesAtOnce > 0) return
      await giveWay()
      if (snapshot.version !== newest) throw new Overtaken()
    }
    const documents = [...snapshot.documents.values()].map(({path, kind, judged, good}): LoadedDocument => {
      const shown = good === undefined ? {} : {meta: good.meta, fragment: good.outline}
      return {path, kind, document: {...judged, ...shown}}
    })
    const {settings, redirects, asOf} = snapshot
    const paths = [...documents.map(({path}) => path), ...snapshot.assets]
    const tree = {
      root,
      files: paths.map((path) => ({path, kind: kindOfPath(path)})),
      read: (path: string) => readFile(join(root, path)),
    }
    const site = {settings, redirects, documents, assets: snapshot.assets, diagnostics: []}
    const together = await checkWithHistory(tree, site, asOf, pause)
    if (snapshot.version !== newest) return
    found = together
    onChecked(snapshot.version)
  }

  return {
    look(snapshot) {
      newest = snapshot.version
      clearTimeout(timer)
      timer = setTimeout(() => {
        check(snapshot).catch((error: unknown) => {
          if (!(error instanceof Overtaken)) unlessGone(error)
        })
      }, quietMs(snapshot.documents.size))
    },
    found: () => found,
    close() {
      newest = -1
      clearTimeout(timer)
    },
  }
}

/** Stops a look whose site is no longer as it was. */
class Overtaken extends Error {}
