import {isReservedAddress} from './check-address.ts'
import {parseDocument, type DocumentInput} from './parse-document.ts'
import type {ParsedPost} from './post-source.ts'
import {checkSlug} from './slug.ts'

/**
 * Reads a page. Its slug is its path below `pages/`, so that `pages/team/jobs.md` and `pages/team/jobs/index.md` are
 * `team/jobs`; `slug` in front matter replaces the last part. Never throws: what is wrong is a diagnostic.
 */
export function parsePage(input: DocumentInput): ParsedPost {
  return parseDocument(input, (stated, report, slugAt) => {
    const parts = input.file
      .replace(/\.(?:md|markdown)$/i, '')
      .split('/')
      .slice(1)
    if (parts.length > 1 && parts.at(-1)?.toLowerCase() === 'index') parts.pop()
    const given = stated?.slug === undefined ? parts : [...parts.slice(0, -1), stated.slug]
    const slugs: string[] = []
    for (const part of given) {
      const checked = checkSlug(part)
      if ('problem' in checked) {
        const cure = 'Rename the file or folder, or set slug in front matter.'
        report.error('post.slug', `"${part}" ${checked.problem}.`, {at: slugAt, cure})
        return undefined
      }
      slugs.push(checked.slug)
    }
    const slug = slugs.join('/')
    if (stated?.permalink === undefined && isReservedAddress(`/${slug}/`)) {
      const cure = 'Rename the file, or set slug or permalink in front matter.'
      report.error('page.reserved', `/${slug}/ is an address that Broadside builds itself.`, {at: slugAt, cure})
      return undefined
    }
    return {slug, draft: false}
  })
}
