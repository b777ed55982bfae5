import {createHash} from 'node:crypto'
import {parsePage, parsePost, type Diagnostic, type PostMeta, type SiteSettings} from '@broadside/content'
import {joinFragment, lintMarkdown, pipelineVersion, type Fragment, type OuterLink} from '@broadside/markdown'
import type {RenderPool} from '@broadside/markdown/pool'
import {markdownOptions} from '@broadside/revision'
import {cutMailBytes} from './measure-mail.ts'

/** What a file says for itself, apart from every other; plain JSON, so that it can be kept. */
export type CheckedDocument = {
  diagnostics: Diagnostic[]
  /** Undefined when the file is broken. */
  meta?: PostMeta
  fragment?: Pick<Fragment, 'refs' | 'headings' | 'ids' | 'excerpt' | 'words'>
  links: OuterLink[]
  /** Size of the HTML of its mail, where that is more than is sent. */
  cutMailBytes?: number
}

/** Raised when the same file would be judged otherwise. */
const checkVersion = 1

/** Names what `checkDocument` will say, before it says it. */
export function documentKey(file: string, bytes: Uint8Array, settings: SiteSettings): string {
  const inputs = JSON.stringify([checkVersion, pipelineVersion, file, settings])
  return createHash('sha256').update(inputs).update(bytes).digest('hex')
}

/**
 * Judges one post or page by itself: front matter, Markdown, HTML that will be removed, words, and its mail's size.
 * `rendered` is its whole body, where there is one.
 */
export async function checkDocument(
  {kind, file, bytes}: {kind: 'post' | 'page'; file: string; bytes: Uint8Array},
  settings: SiteSettings,
  pool: RenderPool,
): Promise<{document: CheckedDocument; rendered?: Fragment}> {
  const {post, diagnostics} = (kind === 'post' ? parsePost : parsePage)({file, bytes, settings})
  if (post === undefined) return {document: {diagnostics, links: []}}
  const {meta, body, bodyLine} = post
  const markdown = markdownOptions(settings, meta.language)
  const rendered = await pool.render({source: body, file, bodyLine, markdown})
  if (!rendered.ok) return {document: {diagnostics: [...diagnostics, rendered.diagnostic], meta, links: []}}
  const {refs, headings, ids, excerpt, words} = rendered.fragment
  const linted = lintMarkdown(body, {file, bodyLine, math: markdown.math ?? false})
  const html = kind === 'post' ? joinFragment(rendered.fragment, ({url}) => url, 'mail') : ''
  const wholeMail = cutMailBytes(html, meta, settings)
  const document = {
    diagnostics: [...diagnostics, ...rendered.fragment.diagnostics, ...linted.diagnostics],
    meta,
    fragment: {refs, headings, excerpt, words, ...(ids === undefined ? {} : {ids})},
    links: linted.links,
    ...(wholeMail === undefined ? {} : {cutMailBytes: wholeMail}),
  }
  return {document, rendered: rendered.fragment}
}
