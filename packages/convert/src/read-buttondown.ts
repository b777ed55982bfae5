import {posix} from 'node:path'
import {slugify} from '@broadside/content'
import {convertFolder} from './convert-folder.ts'
import {clip, lineAt, type TemplateContext} from './convert-liquid.ts'
import type {ExportFiles, ForeignItem, ReadOptions} from './foreign-site.ts'
import {htmlToMarkdown} from './html-to-markdown.ts'
import {ourFields, textOf} from './our-fields.ts'
import {originOf, present, readConfig, textAt} from './read-config.ts'

/**
 * Emails of Buttondown as its command line and its export write them: a folder `emails` of Markdown with front matter,
 * `media` beside it. An email's address in the archive is `/archive/<slug>/`.
 */
export async function* readButtondown(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const newsletter = await readConfig(files, ['newsletter.json', 'newsletter/newsletter.json'])
  const origin = originOf(options.url)
  yield* convertFolder(files, {
    settings: present({
      title: textAt(newsletter, 'name'),
      description: textAt(newsletter, 'description'),
      language: textAt(newsletter, 'locale'),
      timezone: textAt(newsletter, 'timezone'),
      permalink: '/archive/:slug/',
    }),
    origin,
    place: (path, given) => {
      if (!/(?:^|\/)emails\/[^/]+\.md$/.test(path)) return undefined
      const {fields, heldBack} = ourFields(given, [
        'id',
        'slug',
        'modified',
        'created',
        'filters',
        'metadata',
        'secondary_id',
        'commenting_mode',
        'related_email_ids',
        'attachments',
      ])
      const slug = slugify(textAt(given, 'slug') ?? posix.basename(path, '.md'))
      // The subject was of the mail that went; here it is the title alone.
      delete fields['emailSubject']
      const isOut = fields['draft'] !== true && textOf(fields['date']) !== ''
      return {
        kind: 'post',
        slug,
        fields,
        address: isOut ? `/archive/${slug}/` : undefined,
        feedId: isOut && origin !== undefined ? `${origin}/archive/${slug}/` : undefined,
        notes: heldBack === undefined ? [] : [{kind: 'guessed', what: `a draft here, for ${heldBack}`}],
      }
    },
    namesOf: () => [],
    body: convertBody,
    served: () => undefined,
    notes: [],
  })
}

/** An email written in the other editor is HTML; `{{ … }}` is filled in per subscriber there, and by nobody here. */
function convertBody(text: string, {tell}: TemplateContext): string {
  const [mark = '', mode] = /^\s*<!--\s*buttondown-editor-mode:\s*(\w+)\s*-->\s*/.exec(text) ?? []
  for (const found of text.matchAll(/\{\{[^}]*\}\}|\{%[^%]*%\}/g))
    tell('left', lineAt(text, found.index), `${clip(found[0])} stays in the text`)
  const plain = text.slice(mark.length)
  return mode === 'fancy' ? htmlToMarkdown(plain, (what) => tell('left', 1, what)) : plain
}
