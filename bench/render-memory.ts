import {existsSync, readFileSync} from 'node:fs'
import {createRenderPool} from '@broadside/markdown/pool'
import {makeBody} from './make-site.ts'

/**
 * The most that the one process of a pool holds while one post after another is rendered, none like the one before
 * (Linux):
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
process.stdout.write('| posts | most resident MB |\n| ---: | ---: |\n')
for (let row = 1; row <= rows; row += 1) {
  let most = 0
  for (let n = ((row - 1) * posts) / rows; n < (row * posts) / rows; n += atOnce) {
    await renderFrom(n)
    most = Math.max(most, residentMb())
  }
  process.stdout.write(`| ${((row * posts) / rows).toLocaleString('en')} | ${most.toFixed(0)} |\n`)
}
await pool.close()

async function renderFrom(first: number): Promise<void> {
  const results = await Promise.all(
    Array.from({length: atOnce}, (_, i) => pool.render({source: bodyOf(first + i), file: `posts/${first + i}.md`})),
  )
  if (results.some(({ok}) => !ok)) throw new Error('a post could not be rendered')
}

function bodyOf(n: number): string {
  return `${makeBody(n)}\n\n\`\`\`bash\ncat > notes-${n}.txt <<END${n}\n$(date) ${n}\nEND${n}\n\`\`\``
}

/** 0 at the moment in which one process has ended and the next has not begun. */
function residentMb(): number {
  const [pid] = pool.pids()
  const status = pid === undefined || !existsSync(`/proc/${pid}`) ? '' : readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
}
