import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const dayMs = 86_400_000
const words = (
  'a release goes out when its pages are there and nothing that leads to them came before them so that readers ' +
  'never meet a gap while the queue and the ledger agree on what was done and what is still to do in the next wave'
).split(' ')
const tags = ['queues', 'storage', 'deploys', 'mail', 'feeds', 'testing', 'design', 'costs']

/** A site of `count` posts as files: generated ones, or the Markdown files of a folder, taken in turn. */
export function makeSite(count: number, folder: string | undefined): Map<string, string> {
  const bodies = folder === undefined ? undefined : readBodies(folder)
  const files = new Map<string, string>([
    ['broadside.yaml', 'title: Bench\ntimezone: UTC\nnewsletter:\n  from: Bench <bench@site.example>\n'],
  ])
  const start = Date.parse('2015-01-01T09:00:00Z')
  for (let n = 0; n < count; n += 1) {
    const date = new Date(start + Math.floor((n * 3_900 * dayMs) / count)).toISOString()
    const body = bodies === undefined ? makeBody(n) : bodies[n % bodies.length]!
    files.set(`posts/post-${n}.md`, makePost(`Post ${n}`, date, [tags[n % 8]!, tags[(n * 3 + 1) % 8]!], body))
  }
  return files
}

export function makePost(title: string, date: string, postTags: string[], body: string): string {
  return `---\ntitle: ${title}\ndate: ${date}\ntags: [${postTags.join(', ')}]\n---\n\n${body}\n`
}

/** About 8 kB of headings, paragraphs, a list, a table and code, different for each `n`. */
export function makeBody(n: number): string {
  const at = (i: number): string => words[(n * 31 + i * 7 + ((i * i) % 13)) % words.length]!
  const sentence = (from: number): string => Array.from({length: 18}, (_, i) => at(from + i)).join(' ')
  const paragraph = (from: number): string =>
    Array.from(
      {length: 5},
      (_, i) => `${sentence(from + i * 18)}, *${at(from + i)}* and \`${at(from + i + 3)}\`.`,
    ).join(' ')
  const sections = Array.from({length: 6}, (_, s) => {
    const list = Array.from({length: 4}, (_, i) => `- ${sentence(s * 91 + i * 5)}`).join('\n')
    return `## Part ${s + 1} of ${n}\n\n${paragraph(s * 40)}\n\n${list}\n\n${paragraph(s * 57 + 11)}`
  })
  return [
    ...sections,
    `| step | means |\n| --- | --- |\n| ${at(1)} | ${sentence(2)} |\n| ${at(3)} | ${sentence(4)} |`,
    `\`\`\`ts\nconst answer = await advance('${at(9)}', ${n})\n\`\`\``,
  ].join('\n\n')
}

function readBodies(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''))
}
