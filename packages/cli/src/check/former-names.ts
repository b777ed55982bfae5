import {gitOutput} from '../build/git-output.ts'

/**
 * The paths that posts have had, by the path they have now, as git's history tells of renames; what is renamed and not
 * committed counts. Empty where there is no git.
 */
export async function formerNames(root: string): Promise<Map<string, string[]>> {
  const find = (...args: string[]) =>
    gitOutput(['-C', root, ...args, '-z', '-M', '--diff-filter=R', '--name-status', '--relative', '--', 'posts'])
  const told = [await find('diff', 'HEAD'), await find('log', '--format=')].join('')
  // Newest first: `R100`, from, to.
  const fields = told.split('\0').filter((field) => field !== '')
  const former = new Map<string, string[]>()
  const isNow = new Map<string, string>()
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [from = '', to = ''] = fields.slice(at + 1, at + 3)
    const now = isNow.get(to) ?? to
    if (!isNow.has(from)) isNow.set(from, now)
    former.set(now, [...(former.get(now) ?? []), from])
  }
  return former
}
