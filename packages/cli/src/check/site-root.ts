import {existsSync, statSync} from 'node:fs'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {BroadsideError} from '@broadside/runtime'

/** A site's folder, and the part of it that is asked for: `''` is all, else a path as the repository has it. */
export type SiteRoot = {root: string; part: string}

/**
 * Finds the site that a path lies in: the nearest folder upwards with a `broadside.yaml`, else with `posts/`, else the
 * folder itself.
 * @throws BroadsideError `check.path` (invalid) when nothing is there.
 */
export function findSiteRoot(cwd: string, given: string): SiteRoot {
  const path = resolve(cwd, given)
  const stats = statSync(path, {throwIfNoEntry: false})
  if (stats === undefined) {
    throw new BroadsideError('invalid', 'check.path', `there is nothing at ${path}`, {
      hint: 'Give the folder of a site, or a file or folder in one',
    })
  }
  const folder = stats.isDirectory() ? path : dirname(path)
  const root = upTo(folder, 'broadside.yaml') ?? upTo(folder, 'posts') ?? folder
  return {root, part: relative(root, path).split(sep).join('/')}
}

function upTo(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at
    if (dirname(at) === at) return undefined
  }
}
