import {autop} from '@wordpress/autop'
import {convertExport} from './convert-export.ts'
import type {ExportFiles, ForeignItem, ReadOptions} from './foreign-site.ts'
import {readArguments} from './read-arguments.ts'
import {originOf, present} from './read-config.ts'
import {readWxr, type WxrItem} from './read-wxr.ts'
import {servedFiles} from './served-files.ts'

/**
 * A WordPress export (WXR, one or several XML files), in two looks: the first learns site, authors and pictures, the
 * second reads item after item. Pictures come along where `wp-content/uploads` lies beside it.
 */
export async function* readWordpress(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const paths = files.list().filter((path) => /\.xml$/i.test(path))
  if (paths.length === 0)
    yield {kind: 'note', note: {kind: 'broken', from: 'the export', what: 'there is no XML file in it'}}
  const authors = new Map<string, string>()
  const pictures = new Map<string, string>()
  const site = new Map<string, string>()
  const patterns = new Map<string, number>()
  for (const path of paths) {
    for await (const item of readWxr(files.stream(path))) {
      const login = item.get('wp:author_login')
      if (item.name === 'wp:author' && login !== undefined)
        authors.set(login, item.get('wp:author_display_name') ?? login)
      else if (item.get('wp:post_type') === 'post') {
        const pattern = patternOf(item)
        if (pattern !== undefined) patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1)
      } else if (item.name === 'channel') for (const [key, value] of item.values) site.set(key, value)
      else if (item.get('wp:post_type') === 'attachment')
        pictures.set(item.get('wp:post_id') ?? '', item.get('wp:attachment_url') ?? '')
    }
  }
  const origin = originOf(options.url, site.get('wp:base_blog_url'), site.get('link'))
  yield {
    kind: 'settings',
    settings: present({
      title: site.get('title'),
      description: site.get('description'),
      language: site.get('language'),
      permalink: [...patterns].toSorted(([, a], [, b]) => b - a)[0]?.[0],
      authors:
        authors.size === 0 ? undefined : Object.fromEntries([...authors].map(([login, name]) => [login, {name}])),
    }),
  }
  const {served, items} = servedFiles(files, 'wp-content/uploads')
  yield* items
  const shelves = new Set<string>()
  for (const path of paths) {
    for await (const item of readWxr(files.stream(path))) {
      const type = item.get('wp:post_type')
      if (item.name !== 'item' || type === 'attachment') continue
      const from = `${path}: ${item.get('wp:post_name') ?? item.get('title') ?? item.get('wp:post_id')}`
      if (type !== 'post' && type !== 'page') {
        if (!/^(?:nav_menu_item|revision|wp_\w+|custom_css|customize_changeset|oembed_cache)$/.test(type ?? ''))
          yield {kind: 'note', note: {kind: 'left', from, what: `of the kind ${type}, which Broadside has not`}}
        continue
      }
      const document = documentOf(item, {type, from, pictures, origin})
      if (document === undefined) continue
      yield* convertExport({...document, origin, served})
      for (const {domain, nicename} of item.categories)
        shelves.add(`${domain === 'category' ? 'category' : 'tag'}/${nicename}`)
      const author = item.get('dc:creator')
      if (author !== undefined) shelves.add(`author/${author}`)
    }
  }
  for (const shelf of shelves) {
    const [kind, name] = shelf.split('/')
    yield {kind: 'redirect', from: `/${shelf}/`, to: `/${kind === 'author' ? 'authors' : 'tags'}/${name}/`}
  }
}

type About = {type: 'post' | 'page'; from: string; pictures: ReadonlyMap<string, string>; origin: string | undefined}

function documentOf(item: WxrItem, {type, from, pictures, origin}: About) {
  const status = item.get('wp:status') ?? 'publish'
  if (/^(?:trash|auto-draft|inherit)$/.test(status)) return undefined
  const isOut = status === 'publish'
  const date = utcOf(item.get('wp:post_date_gmt')) ?? item.get('wp:post_date')
  const isToCome = status === 'future' && type === 'post' && date !== undefined && !date.startsWith('0000')
  const isHidden = (item.get('wp:post_password') ?? '') !== '' || status === 'private'
  // Plugins have words of their own; what none here knows as public stays back.
  const heldBack = isHidden
    ? 'it was behind a password, or private'
    : isOut || isToCome || /^(?:draft|pending)$/.test(status)
      ? undefined
      : `its status was ${status}`
  const slug = item.get('wp:post_name') ?? item.get('wp:post_id') ?? ''
  const tags = item.categories.map(({label}) => label).filter((label) => label !== 'Uncategorized')
  const author = item.get('dc:creator')
  return {
    kind: type,
    from,
    slug,
    html: readableHtml(item.get('content:encoded') ?? ''),
    fields: {
      title: item.get('title'),
      date: date?.startsWith('0000') ? undefined : date,
      updated: type === 'page' ? undefined : utcOf(item.get('wp:post_modified_gmt')),
      draft: (isOut || isToCome) && heldBack === undefined ? undefined : true,
      tags: tags.length === 0 ? undefined : [...new Set(tags)],
      authors: author === undefined ? undefined : [author],
      description: plainText(item.get('excerpt:encoded')),
      image: pictures.get(item.metas.get('_thumbnail_id') ?? '') || undefined,
      feedId: type === 'post' && isOut && !isHidden ? item.get('guid') : undefined,
    },
    address: isOut && !isHidden ? addressOf(item.get('link'), origin) : undefined,
    heldBack,
  }
}

/** The site's pattern as one of its links shows it: `/:year/:month/:slug/`. */
function patternOf(item: WxrItem): string | undefined {
  const [slug, link] = [item.get('wp:post_name'), item.get('link')]
  const path = addressOf(link, undefined)
  if (slug === undefined || path === undefined || !path.endsWith(`/${slug}/`)) return undefined
  const before = path.slice(0, -slug.length - 1)
  return /^\/\d{4}\/\d{2}\/\d{2}\/$/.test(before)
    ? '/:year/:month/:day/:slug/'
    : /^\/\d{4}\/\d{2}\/$/.test(before)
      ? '/:year/:month/:slug/'
      : `${before}:slug/`
}

/** Undefined for `https://x.example/?p=17`, which is no address that a file can have. */
function addressOf(link: string | undefined, origin: string | undefined): string | undefined {
  const url = link === undefined ? null : URL.parse(link)
  if (url === null || url.search !== '' || url.pathname === '/') return undefined
  const base = origin === undefined ? '' : new URL(origin).pathname.replace(/\/$/, '')
  return url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : url.pathname
}

function utcOf(date: string | undefined): string | undefined {
  return date === undefined || date.startsWith('0000') ? undefined : `${date.replace(' ', 'T')}Z`
}

function plainText(html: string | undefined): string | undefined {
  const text = html?.replaceAll(/<[^>]*>/g, '').trim()
  return text === '' ? undefined : text
}

const caption = /\[caption[^\]]*\]\s*([\s\S]*?<img[^>]*>(?:\s*<\/a>)?)\s*([\s\S]*?)\[\/caption\]/g
const code = /\[(?:code|sourcecode)((?:\s[^\]]*)?)\]([\s\S]*?)\[\/(?:code|sourcecode)\]/g

/** HTML of what the editor stores: paragraphs of the classic one, captions, code and embeds. */
function readableHtml(content: string): string {
  const shortcodes = content
    .replaceAll(
      caption,
      (_, image: string, text: string) => `<figure>${image}<figcaption>${text}</figcaption></figure>`,
    )
    .replaceAll(code, (_, given: string, text: string) => {
      const {named} = readArguments(given)
      const language = named.get('language') ?? named.get('lang')
      return `<pre><code${language === undefined ? '' : ` class="language-${language}"`}>${text}</code></pre>`
    })
    .replaceAll(/\[embed[^\]]*\]\s*(\S+?)\s*\[\/embed\]/g, (_, url: string) => `\n\n<a href="${url}">${url}</a>\n\n`)
  const isBlocks = shortcodes.includes('<!-- wp:')
  const linked = (isBlocks ? shortcodes : autop(shortcodes)).replaceAll(
    // An address alone in its line, or alone in an embed's box, is shown as what it leads to.
    /(<p>|<div class="wp-block-embed__wrapper">)\s*(https?:\/\/[^\s<]+)\s*(<\/p>|<\/div>)/g,
    (_, open: string, url: string, close: string) => `${open}<a href="${url}">${url}</a>${close}`,
  )
  return linked
}
