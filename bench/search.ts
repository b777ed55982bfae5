/**
 * What a search index takes: CPU and memory beyond the start for all posts of a site, files and bytes, and the CPU
 * for the segment that one more post touches.
 *
 *     sh tools/run node --expose-gc bench/search.ts [--sizes 1000,10000] [--words 900]
 */
import {parseArgs} from 'node:util'
import {defaultSettings} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {
  buildSearchIndex,
  buildSearchSegment,
  createArrayView,
  livePost,
  searchPeriods,
  type SiteView,
} from '@broadside/site'

const {values} = parseArgs({options: {sizes: {type: 'string'}, words: {type: 'string'}}})
const wordsPerPost = Number(values.words ?? 900)
const dayMs = 86_400_000

console.log('| posts | CPU | memory | files | bytes | one segment again |\n| ---: | ---: | ---: | ---: | ---: | ---: |')
for (const size of (values.sizes ?? '1000,10000').split(',').map(Number)) {
  const view = viewOf(size)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const cpu = process.cpuUsage()
  let files = 0
  let bytes = 0
  for await (const {body} of buildSearchIndex(view)) {
    files += 1
    bytes += body.length
    most = Math.max(most, process.memoryUsage().rss)
  }
  const took = seconds(cpu)
  const [newest = ''] = await searchPeriods(view)
  const cpuAgain = process.cpuUsage()
  await buildSearchSegment(view, newest)
  const memory = `${Math.round((most - before) / 1e6)} MB`
  console.log(
    `| ${size.toLocaleString('en')} | ${took} | ${memory} | ${files} | ${(bytes / 1e6).toFixed(1)} MB | ${seconds(cpuAgain)} |`,
  )
}

/** CPU time of this process since `before`, which other work on the machine changes least. */
function seconds(before: NodeJS.CpuUsage): string {
  const {user, system} = process.cpuUsage(before)
  return `${((user + system) / 1_000_000).toFixed(1)} s`
}

/** Posts over ten years; their bodies are made when they are asked for, as a ledger reads them. */
function viewOf(size: number): SiteView {
  const settings = {...defaultSettings('bench'), title: 'Bench'}
  const posts = Array.from({length: size}, (_, n) => {
    const meta = {title: `Post ${n}`, slug: `post-${n}`, draft: false, tags: [`tag${n % 8}`], authors: []}
    return livePost({
      id: String(n),
      path: `posts/post-${n}.md`,
      meta: {...meta, aliases: [], featured: false, newsletter: {}},
      date: Date.parse('2016-01-01T09:00:00Z') + Math.floor((n * 3_650 * dayMs) / size),
      settings,
      fragmentKey: String(n),
      fragment: {excerpt: 'An excerpt of two hundred characters or so. '.repeat(4), words: wordsPerPost},
      formerAddresses: [],
    })
  })
  const view = createArrayView({
    settings,
    site: {name: 'bench', siteUrl: 'https://bench.example/', audienceUrl: 'https://bench.example/'},
    themeFiles: new Map(),
    redirects: [],
    posts,
    pages: [],
    assets: [],
    fragments: new Map(),
    sources: new Map(),
  })
  return {...view, fragment: async (key) => fragmentOf(Number(key))}
}

/** Common words often and rare ones rarely, as people write. */
function fragmentOf(n: number): Fragment {
  let seed = n + 1
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff
  const word = () => `w${Math.floor(40_000 * next() ** 4).toString(36)}`
  const html = `<p>${Array.from({length: wordsPerPost}, word).join(' ')}</p>`
  return {version: 1, parts: [html], refs: [], headings: [], excerpt: '', words: wordsPerPost, diagnostics: []}
}
