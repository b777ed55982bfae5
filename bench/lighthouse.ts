/**
 * What Lighthouse says of the pages of a running site, in real Chromium, as a telephone on a slow network: a row a page,
 * and what keeps it from 100. The tool is fetched when it is asked for and is no dependency.
 *
 *     npm start                                        # in another terminal
 *     sh tools/run node bench/lighthouse.ts [--url http://127.0.0.1:4000/] [--desktop] [PATH…]
 */
import {execFile} from 'node:child_process'
import {parseArgs, promisify} from 'node:util'
import {findChromium} from '@broadside/testkit/browser'

const tool = 'lighthouse@13.5.0'
const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const
const run = promisify(execFile)

type Audit = {score: number | null; title: string; displayValue?: string}
type Report = {
  categories: Record<string, {score: number | null; auditRefs: {id: string; weight: number}[]}>
  audits: Record<string, Audit>
}

const {values, positionals} = parseArgs({
  options: {url: {type: 'string'}, desktop: {type: 'boolean'}},
  allowPositionals: true,
})
const site = values.url ?? 'http://127.0.0.1:4000/'
const paths = positionals.length > 0 ? positionals : ['/', '/posts/retry-budgets/', '/archive/', '/search/?q=queue']

console.log(`| page | ${categories.join(' | ')} | largest paint | blocked | shift |\n|---|${' ---: |'.repeat(7)}`)
const wanting: string[] = []
for (const path of paths) {
  const {categories: found, audits} = await measure(new URL(path, site).href)
  const scores = categories.map((name) => Math.round((found[name]?.score ?? 0) * 100))
  const metrics = ['largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']
  console.log(`| ${[path, ...scores, ...metrics.map((id) => audits[id]?.displayValue ?? '–')].join(' | ')} |`)
  for (const name of categories) {
    for (const {id, weight} of found[name]?.auditRefs ?? []) {
      const audit = audits[id]
      if (weight > 0 && audit !== undefined && audit.score !== null && audit.score < 1)
        wanting.push(
          `${path} ${name}: ${audit.title} (${audit.score}${audit.displayValue === undefined ? '' : `, ${audit.displayValue}`})`,
        )
    }
  }
}
if (wanting.length > 0) console.log(`\n${wanting.join('\n')}`)

async function measure(url: string): Promise<Report> {
  const flags = ['--quiet', '--output=json', '--chrome-flags=--headless=new --no-sandbox --disable-gpu']
  if (values.desktop === true) flags.push('--preset=desktop')
  const env = {...process.env, CHROME_PATH: await findChromium()}
  const {stdout} = await run('npx', ['--yes', tool, url, ...flags], {env, maxBuffer: 100_000_000})
  return JSON.parse(stdout) as Report
}
