import {bodyBelow, parsePost} from '@broadside/content'
import {formatDate} from '@broadside/theme'
import {escapeText} from './build-llms.ts'
import {linkAbsolutely} from './link-absolutely.ts'
import {authorOf} from './post-cards.ts'
import {resolveRef} from './resolve-ref.ts'
import type {SiteContext} from './site-context.ts'
import {termsOf} from './term-key.ts'

/**
 * A post in Markdown, as its author wrote it, under its title and dates, and with links that lead to where things are
 * published; undefined where no live post is at `address`.
 */
export async function buildTwin(context: SiteContext, address: string): Promise<string | undefined> {
  const {view, urls, words} = context
  const post = await view.postAt(address)
  if (post === undefined) return undefined
  const {settings} = view
  const source = (await view.source(post.id)) ?? ''
  // It was read when it came; should settings of today have it refused, its beginning is there all the same.
  const parsed =
    bodyBelow(source) ?? parsePost({file: post.path, bytes: new TextEncoder().encode(source), settings}).post
  const written = parsed ?? {body: post.excerpt, bodyLine: 1}
  const refs = parsed === undefined ? [] : ((await view.fragment(post.fragmentKey))?.refs ?? [])

  const targets = new Map<number, string>()
  for (const [index, ref] of refs.entries()) {
    const target = await resolveRef(view, post.path, ref)
    if (target !== undefined) targets.set(index, `${urls.absolute(target.address)}${target.suffix}`)
  }
  const day = (instant: number) => formatDate(instant, settings.language, settings.timezone).iso.slice(0, 10)
  const authors = termsOf(post, 'author').map((term) => authorOf(context, term).name)
  const about = [
    urls.absolute(post.address),
    day(post.date),
    ...(post.updated === undefined || post.updated <= post.date ? [] : [words('updated', {date: day(post.updated)})]),
    ...(authors.length === 0 ? [] : [`${words('by')} ${authors.map(escapeText).join(', ')}`]),
  ]
  const body = linkAbsolutely(written, refs, (index) => targets.get(index))
  return `# ${escapeText(post.meta.title)}\n\n${about.map((line) => `- ${line}\n`).join('')}\n${body.trim()}\n`
}
