import {openMirror, type Mirror, type MirrorOptions} from '@broadside/git'

export type Mirrors = {
  /**
   * The mirror at `dir`, opened with the first call and anew once anything else is asked for; the one before is closed
   * first. One that cannot be opened is tried again with the next call.
   */
  of: (options: MirrorOptions) => Promise<Mirror>
  close: () => Promise<void>
}

/**
 * The mirrors of one process. However many ask at once, each folder is opened once: whoever opens one takes what another
 * is fetching into it for what a killed process left, and removes it.
 */
export function createMirrors(open: (options: MirrorOptions) => Promise<Mirror> = openMirror): Mirrors {
  const mirrors = new Map<string, {wanted: string; mirror: Promise<Mirror>}>()

  async function openAfter(before: Promise<Mirror> | undefined, options: MirrorOptions): Promise<Mirror> {
    await closed(before)
    return open(options)
  }

  return {
    of(options) {
      const {dir} = options
      const wanted = JSON.stringify(options)
      const known = mirrors.get(dir)
      if (known?.wanted === wanted) return known.mirror
      const entry = {wanted, mirror: openAfter(known?.mirror, options)}
      mirrors.set(dir, entry)
      entry.mirror.catch(() => {
        if (mirrors.get(dir) === entry) mirrors.delete(dir)
      })
      return entry.mirror
    },
    async close() {
      for (const {mirror} of mirrors.values()) await closed(mirror)
    },
  }
}

async function closed(mirror: Promise<Mirror> | undefined): Promise<void> {
  const open = await mirror?.catch(() => undefined)
  await open?.close()
}
