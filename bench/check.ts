/**
 * `broadside check` on a site of so many posts, as an author runs it: the first time, again with nothing changed, and
 * again after one post was written.
 *
 *     sh tools/run node bench/check.ts [--sizes 100,1000] [--posts FOLDER]
 */
import {spawnSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {makeBody, makePost, makeSite} from './make-site.ts'

const {values} = parseArgs({options: {sizes: {type: 'string', default: '100,1000'}, posts: {type: 'string'}}})
const program = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url))

console.log('| posts | first | nothing changed | one changed |\n| ---: | ---: | ---: | ---: |')
for (const size of values.sizes.split(',').map(Number)) {
  const root = await mkdtemp(join(tmpdir(), 'broadside-bench-check-'))
  const site = join(root, 'site')
  for (const [path, content] of makeSite(size, values.posts)) {
    await mkdir(dirname(join(site, path)), {recursive: true})
    await writeFile(join(site, path), content)
  }
  const check = (): string => {
    const startedAt = performance.now()
    const run = spawnSync(process.execPath, [program, 'check', site, '--json'], {
      env: {...process.env, XDG_CACHE_HOME: join(root, 'cache')},
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    if (run.status !== 0) throw new Error(`broadside check ended with ${run.status}: ${run.stderr}${run.stdout}`)
    return `${((performance.now() - startedAt) / 1_000).toFixed(2)} s`
  }
  const first = check()
  const again = check()
  await writeFile(join(site, 'posts/new.md'), makePost('New', '2026-01-01', ['design'], makeBody(size)))
  console.log(`| ${size.toLocaleString('en')} | ${first} | ${again} | ${check()} |`)
  await rm(root, {recursive: true, force: true})
}
