import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {joinFragment, renderFragment} from '@broadside/markdown'
import MarkdownIt from 'markdown-it'
import {marked} from 'marked'
import {micromark} from 'micromark'
import {gfm, gfmHtml} from 'micromark-extension-gfm'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize from 'rehype-sanitize'
import rehypeSlug from 'rehype-slug'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import {unified} from 'unified'
import {makeBody} from './make-site.ts'

/**
 * From Markdown to HTML on one thread, beside what others do with the same posts:
 *
 *     node bench/render.ts [folder of Markdown files] [seconds for each]
 *
 * Posts a second of CPU time, so that a busy machine says nearly the same as an idle one. The first three neither
 * sanitise nor colour code; the plain pipeline sanitises and gives headings ids; Broadside does all of it.
 */

const [folder, seconds = '3'] = process.argv.slice(2)
const posts = folder === undefined ? generated(60) : readPosts(folder)
const kilobytes = posts.reduce((sum, post) => sum + Buffer.byteLength(post), 0) / posts.length / 1_000

const markdownIt = new MarkdownIt({html: true, linkify: true})
const plain = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, {allowDangerousHtml: true})
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeSlug)
  .use(rehypeStringify)
  .freeze()
const broadside = (source: string) => joinFragment(renderFragment(source, {file: 'posts/a.md'}), ({url}) => url, 'web')

const contenders: [name: string, render: (source: string, pass: number) => string][] = [
  ['marked', (source) => marked.parse(source, {async: false, gfm: true})],
  ['markdown-it', (source) => markdownIt.render(source)],
  [
    'micromark',
    (source) => micromark(source, {allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()]}),
  ],
  ['plain unified', (source) => String(plain.processSync(source))],
  // Other info strings are other blocks: nothing is found in the cache.
  ['Broadside, no code seen before', (source, pass) => broadside(source.replace(/^(```\w+)/gm, `$1 pass${pass}`))],
  ['Broadside, code seen before', (source) => broadside(source)],
]

process.stdout.write(`${posts.length} posts of ${kilobytes.toFixed(1)} kB\n\n| renderer | posts/s |\n| --- | ---: |\n`)
for (const [name, render] of contenders) process.stdout.write(`| ${name} | ${measure(render).toFixed(0)} |\n`)

function measure(render: (source: string, pass: number) => string): number {
  let pass = 0
  let rendered = 0
  const renderAll = () => {
    pass += 1
    for (const post of posts) render(post, pass)
  }
  renderAll()
  const before = process.cpuUsage()
  const spent = () => {
    const {user, system} = process.cpuUsage(before)
    return (user + system) / 1e6
  }
  while (spent() < Number(seconds)) {
    renderAll()
    rendered += posts.length
  }
  return rendered / spent()
}

function generated(count: number): string[] {
  return Array.from({length: count}, (_, n) => [makeBody(n), ...codeBlocks(n)].join('\n\n'))
}

/** Two dozen lines of code, as a post on programming has. */
function codeBlocks(n: number): string[] {
  const names = ['claim', 'settle', 'advance', 'prepare', 'submit']
  const functions = names.map(
    (name) =>
      `export async function ${name}(key: string, limit = ${n}): Promise<number> {\n  // Reads what is there.\n` +
      `  const rows = await db.select('${name}', {key, limit})\n  return rows.length\n}`,
  )
  const shell = names.map((name) => `npm run ${name} -- --limit "$LIMIT" # ${n}`).join('\n')
  return [`\`\`\`ts\n${functions.join('\n\n')}\n\`\`\``, `\`\`\`bash\n${shell}\n\`\`\``]
}

function readPosts(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(path, name), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''))
}
