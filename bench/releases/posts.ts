import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {makeBody, makePost} from '../make-site.ts'

const dayMs = 86_400_000
const tags = ['queues', 'storage', 'deploys', 'mail', 'feeds', 'testing', 'design', 'costs']

export type Posts = {
  /** By file name: `post-0.md` is the oldest. */
  files: Map<string, string>
  /** The same post with one more paragraph. */
  edited: (n: number, words: string) => string
}

/** Posts of 8.4 kB with code and a footnote, none like another, over ten years; or those of a folder, taken in turn. */
export function makePosts(count: number, folder: string | undefined): Posts {
  const bodies = folder === undefined ? undefined : readBodies(folder)
  const start = Date.parse('2015-01-01T09:00:00Z')
  const text = (n: number, more = ''): string => {
    const date = new Date(start + Math.floor((n * 3_900 * dayMs) / count)).toISOString()
    const body = bodies === undefined ? bodyWithCode(n) : bodies[n % bodies.length]!
    return makePost(`Post ${n}`, date, [tags[n % 8]!, tags[(n * 3 + 1) % 8]!], `${body}${more}`)
  }
  return {
    files: new Map(Array.from({length: count}, (_, n) => [`post-${n}.md`, text(n)])),
    edited: (n, words) => text(n, `\n\n${words}`),
  }
}

function bodyWithCode(n: number): string {
  const prose = makeBody(n).split('\n\n## Part 5')[0]!
  const code = [
    `\`\`\`ts\n${Array.from({length: 8}, (_, i) => `export const step${i} = async (at: number): Promise<number> => (await advance('wave-${n}', at)) + ${n + i} // of ${i}`).join('\n')}\n\`\`\``,
    `\`\`\`python\n${Array.from({length: 8}, (_, i) => `def settle_${i}(rows, now=${n}):\n    return [row for row in rows if row["due"] <= now + ${i}]`).join('\n')}\n\`\`\``,
    `\`\`\`sh\n${Array.from({length: 6}, (_, i) => `git log --oneline -n ${n + i} | while read -r line; do echo "$line"; done`).join('\n')}\n\`\`\``,
  ]
  return `${prose}\n\n${code.join('\n\nThe next one is shorter.[^1]\n\n')}\n\n- [x] done in ${n}\n- [ ] ~~not yet~~\n\n[^1]: As post ${n} says.`
}

function readBodies(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''))
}
