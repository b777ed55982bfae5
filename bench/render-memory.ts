import {readFileSync} from 'node:fs'
import {createRenderPool} from '@broadside/markdown/pool'
import {makeBody} from './make-site.ts'

/**
 * What one process of the pool holds while it renders one post after another, none like the one before (Linux):
 *
 *     node bench/render-memory.ts [posts]
 *
 * Each post has code that was not seen before, and a here-document of its own name.
 */

const posts = Number(process.argv[2] ?? 100_000)
const rows = 10
const atOnce = 4

const pool = createRenderPool({size: 1, budgetMs: 60_000})
await pool.warm()
const [pid] = pool.pids()
process.stdout.write('| posts | resident MB |\n| ---: | ---: |\n')
for (let row = 1; row <= rows; row += 1) {
  for (let n = ((row - 1) * posts) / rows; n < (row * posts) / rows; n += atOnce) await renderFrom(n)
  process.stdout.write(`| ${((row * posts) / rows).toLocaleString('en')} | ${residentMb().toFixed(0)} |\n`)
}
const isSame = pool.pids().join() === String(pid)
await pool.close()
if (!isSame) throw new Error('the process was replaced on the way, and what was measured says nothing')

async function renderFrom(first: number): Promise<void> {
  const results = await Promise.all(
    Array.from({length: atOnce}, (_, i) => pool.render({source: bodyOf(first + i), file: `posts/${first + i}.md`})),
  )
  if (results.some(({ok}) => !ok)) throw new Error('a post could not be rendered')
}

function bodyOf(n: number): string {
  return `${makeBody(n)}\n\n\`\`\`bash\ncat > notes-${n}.txt <<END${n}\n$(date) ${n}\nEND${n}\n\`\`\``
}

function residentMb(): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
