/**
 * `broadside dev` on a site of so many posts: how long from a save until it is told, and until the new page was read, for one
 * post that is saved again and again. The page is told of first; "all panes" has its item in the feed and its mail as well.
 *
 *     sh tools/run node bench/dev.ts [--sizes 100,1000,10000] [--runs 20] [--posts FOLDER]
 */
import {spawn} from 'node:child_process'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {makeBody, makePost, makeSite} from './make-site.ts'

const {values} = parseArgs({
  options: {
    sizes: {type: 'string', default: '100,1000,10000'},
    runs: {type: 'string', default: '20'},
    posts: {type: 'string'},
  },
})
const program = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url))
const studioPath = '/~studio/'
const edited = 'posts/post-1.md'

console.log(
  '| posts | open | open again | told p50 | p95 | page p50 | p95 | all panes p50 | p95 | CPU a save | memory |',
)
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const size of values.sizes.split(',').map(Number)) {
  const root = await mkdtemp(join(tmpdir(), 'broadside-bench-dev-'))
  const site = join(root, 'site')
  for (const [path, content] of makeSite(size, values.posts)) {
    await mkdir(dirname(join(site, path)), {recursive: true})
    await writeFile(join(site, path), content)
  }
  const first = await openStudio(root, site)
  await first.close()
  const again = await openStudio(root, site)
  const told: number[] = []
  const page: number[] = []
  const panes: number[] = []
  let cpuMs = 0
  const {address} = await again.state()
  for (let run = 0; run < Number(values.runs); run += 1) {
    const words = `Run ${run} of ${size}.`
    const text = makePost('Post 1', '2015-01-05T09:00:00Z', ['design'], `${words}\n\n${makeBody(1)}`)
    const next = again.nextChange()
    const cpuBefore = await again.cpuMs()
    const savedAt = performance.now()
    await writeFile(join(site, edited), text)
    await next
    told.push(performance.now() - savedAt)
    const answer = await (await fetch(new URL(address, again.url))).text()
    page.push(performance.now() - savedAt)
    if (!answer.includes(words)) throw new Error('the page that was told of is not the one that was saved')
    await again.state()
    for (const pane of ['feed/shown', 'mail/light'])
      await (await fetch(new URL(`${studioPath}${pane}?of=${edited}`, again.url))).text()
    panes.push(performance.now() - savedAt)
    cpuMs += (await again.cpuMs()) - cpuBefore
    // The whole site is looked at once more before the next save, as when somebody writes.
    await pause(300)
  }
  const memory = await again.memory()
  await again.close()
  const columns = [told, page, panes].map((times) => `${at(times, 0.5)} | ${at(times, 0.95)}`).join(' | ')
  const opened = [first, again].map(({openMs}) => `${(openMs / 1_000).toFixed(1)} s`).join(' | ')
  console.log(
    `| ${size.toLocaleString('en')} | ${opened} | ${columns} | ${(cpuMs / told.length).toFixed(0)} ms | ${memory} MB |`,
  )
  await rm(root, {recursive: true, force: true})
}

function at(times: number[], share: number): string {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(0)
}

/** Starts the program as an author does, and listens as its page does. */
async function openStudio(root: string, site: string) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [program, 'dev', site, '--port', '0'], {
    env: {...process.env, XDG_CACHE_HOME: join(root, 'cache')},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (said: Buffer) => resolve(said.toString().trim()))
    child.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)))
  })
  const openMs = performance.now() - startedAt
  const listeners: (() => void)[] = []
  const answer = await fetch(new URL(`${studioPath}events`, url))
  const events = answer.body!.pipeThrough(new TextDecoderStream())
  const listening = (async () => {
    for await (const event of events)
      if (event.includes('event: changed')) listeners.splice(0).forEach((hear) => hear())
  })().catch(() => {})
  return {
    url,
    openMs,
    nextChange: () => new Promise<void>((resolve) => listeners.push(resolve)),
    state: async () => {
      const state = await fetch(new URL(`${studioPath}state?of=${edited}`, url))
      return (await state.json()) as {address: string}
    },
    /** Of the studio itself, in steps of 10 ms (proc_pid_stat(5)), without the processes that render. */
    async cpuMs() {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024)
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await ended
      await listening
    },
  }
}
