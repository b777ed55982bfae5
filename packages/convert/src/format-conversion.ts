import type {Note} from './foreign-site.ts'
import type {Conversion} from './write-site.ts'

const headings: Record<Note['kind'], string> = {
  broken: 'Not converted',
  left: 'Left as it was, or left out',
  guessed: 'Guessed',
}

/** The report of a conversion for people, in Markdown: what became of the site, and every place that wants a look. */
export function formatConversion(done: Conversion): string {
  const lines = ['# What was converted', '', `${summaryOf(done)}.`]
  for (const [kind, heading] of Object.entries(headings) as [Note['kind'], string][]) {
    const notes = done.notes.filter((note) => note.kind === kind)
    if (notes.length === 0) continue
    lines.push('', `## ${heading}`, '', ...notes.map((note) => `- ${formatNote(note)}`))
  }
  return `${lines.join('\n')}\n`
}

/** `3 posts (1 draft), 1 page, 4 files, 2 redirects` */
export function summaryOf({posts, drafts, pages, files, redirects}: Conversion): string {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
  const held = drafts === 0 ? '' : ` (${counted(drafts, 'draft')})`
  return `${counted(posts, 'post')}${held}, ${counted(pages, 'page')}, ${counted(files, 'file')}, ${counted(redirects, 'redirect')}`
}

/** `_posts/2015-01-01-x.md:7: {% include y.html %} stays in the text` */
export function formatNote({from, line, what}: Note): string {
  return `${from}${line === undefined ? '' : `:${line}`}: ${what}`
}
