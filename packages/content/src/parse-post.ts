import {parseDocument, type DocumentInput, type PathMeta} from './parse-document.ts'
import {parseInstant} from './parse-instant.ts'
import type {ParsedPost} from './post-source.ts'
import {checkSlug} from './slug.ts'

/** `2026-11-02-when-nats` and `2026-11-02-09-30-00-when-nats`, as Jekyll and Hugo name files. */
const datedName = /^(\d{4}-\d{2}-\d{2})(?:-(\d{2})-(\d{2})-(\d{2}))?-(.+)$/

/**
 * Reads a post. Slug and date come from front matter, else from the name of the file, or of its folder when the file is
 * `index.md`; a post below a folder `_drafts` is a draft. Never throws: what is wrong is a diagnostic.
 */
export function parsePost(input: DocumentInput): ParsedPost {
  return parseDocument(input, (stated, report, slugAt) => {
    const name = nameOfPath(input.file)
    const [, day, hours, minutes, seconds, rest] = datedName.exec(name) ?? []
    const stamp = hours === undefined ? day : `${day} ${hours}:${minutes}:${seconds}`
    const date = stamp === undefined ? undefined : parseInstant(stamp, input.settings.timezone)
    if (stamp !== undefined && date === undefined && stated?.date === undefined) {
      const cure = 'Rename the file, or set a date in front matter.'
      report.warning('post.file-date', `The file's name starts with ${stamp}, which is no date.`, {cure})
    }
    const checked = checkSlug(stated?.slug ?? rest ?? name)
    if ('problem' in checked) {
      const what = stated?.slug === undefined ? 'The name of the file' : '"slug"'
      const cure = stated?.slug === undefined ? 'Set slug in front matter, or rename the file.' : 'Choose another slug.'
      report.error('post.slug', `${what} ${checked.problem}.`, {at: slugAt, cure})
      return undefined
    }
    const meta: PathMeta = {slug: checked.slug, draft: input.file.split('/').includes('_drafts')}
    if (date !== undefined) meta.date = date
    return meta
  })
}

function nameOfPath(file: string): string {
  const parts = file.split('/')
  const name = (parts.at(-1) ?? '').replace(/\.(?:md|markdown)$/i, '')
  const folder = parts.at(-2)
  return name.toLowerCase() === 'index' && folder !== undefined && parts.length > 2 ? folder : name
}
