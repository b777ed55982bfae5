/**
 * How far from its moment a scheduled post is live: from the instant in its front matter to the first answer with its
 * page. A post that were early would be told with a minus.
 *
 *     sh tools/run node bench/scheduled.ts [--posts 1000] [--scheduled 20] [--apart 1500]
 */
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {createRepo, until} from '@broadside/testkit'
import type {RunFile} from '../services/standalone/src/home.ts'
import {makeBody, makePost, makeSite} from './make-site.ts'

const pollMs = 2
const root = join(import.meta.dirname, '..')
const {values} = parseArgs({
  options: {posts: {type: 'string'}, scheduled: {type: 'string'}, apart: {type: 'string'}},
})
const posts = Number(values.posts ?? '1000')
const scheduled = Number(values.scheduled ?? '20')
const apartMs = Number(values.apart ?? '1500')

const home = mkdtempSync(join(tmpdir(), 'broadside-bench-'))
const repo = await createRepo()
await repo.write(Object.fromEntries(makeSite(posts, undefined)))
await repo.commit('the site')
await repo.push()
const child = spawn(process.execPath, [join(root, 'services/standalone/src/main.ts'), '--site', repo.remote], {
  env: {...process.env, BROADSIDE_HOME: home},
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  const file = join(home, 'run.json')
  const run = await until('run.json', () => existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as RunFile))
  const isThere = async (path: string) => (await fetch(new URL(path, run.siteUrl)).catch(() => undefined))?.ok === true
  await until('the site is live', () => isThere(`posts/post-${posts - 1}/`), {withinMs: 900_000})

  const first = Date.now() + 15_000
  const moments = Array.from({length: scheduled}, (_, n) => first + n * apartMs)
  await repo.write(
    Object.fromEntries(
      moments.map((at, n) => [
        `posts/due-${n}.md`,
        makePost(`Due ${n}`, new Date(at).toISOString(), ['news'], makeBody(n)),
      ]),
    ),
  )
  const after = await repo.commit('what comes')
  await repo.push()
  await fetch(`${run.intakeUrl}/push/${run.site}`, {method: 'POST', body: JSON.stringify({after})})
  if (Date.now() > first - 1_000)
    throw new Error('the machine is too busy: the push was not over before the first moment')

  const distances: number[] = []
  for (const [n, at] of moments.entries()) {
    await pause(Math.max(0, at - 500 - Date.now()))
    while (!(await isThere(`posts/due-${n}/`))) await pause(pollMs)
    distances.push(Date.now() - at)
  }
  const sorted = distances.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  console.log('| posts | scheduled | least | p50 | p95 | most |\n| ---: | ---: | ---: | ---: | ---: | ---: |')
  console.log(`| ${[posts.toLocaleString('en'), scheduled, at(0), at(0.5), at(0.95), sorted.at(-1)].join(' | ')} |`)
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  await repo.destroy()
  rmSync(home, {recursive: true, force: true})
}
process.exit(0)
