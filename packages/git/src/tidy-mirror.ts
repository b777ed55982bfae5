import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {runGit} from './run-git.ts'

/**
 * Each checked fetch leaves a pack, and every pack makes reading a little slower. When many have gathered, the small
 * ones are joined; their sizes then grow geometrically, so that the work over time stays in proportion to what came.
 * Nothing is dropped: commits that a force push left behind are still asked for. Gives whether it did anything.
 */
export async function tidyMirror(dir: string, maxPacks = 50): Promise<boolean> {
  const packs = (await readdir(join(dir, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
  if (packs.length <= maxPacks) return false
  await runGit(dir, ['repack', '--quiet', '-d', '--geometric=2', '--no-write-bitmap-index'])
  return true
}
