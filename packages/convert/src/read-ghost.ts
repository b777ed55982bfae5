import {Readable} from 'node:stream'
import {ignore} from 'stream-json/filters/ignore.js'
import {pick} from 'stream-json/filters/pick.js'
import {streamArray} from 'stream-json/streamers/stream-array.js'
import {streamValues} from 'stream-json/streamers/stream-values.js'
import {convertExport} from './convert-export.ts'
import type {ExportFiles, ForeignItem, ForeignSettings, ReadOptions} from './foreign-site.ts'
import {originOf, present, textAt, valueAt} from './read-config.ts'
import {servedFiles} from './served-files.ts'

type Row = Record<string, unknown>

/** The tables that are large; the others fit into memory. */
const large = /(?:^|\.)data\.(?:posts|mobiledoc_revisions|post_revisions)$/

/**
 * A Ghost export, one JSON file, in two looks: the first learns tags, authors and settings, the second reads post after
 * post, so that its size does not matter. Images come along where `content/images` lies beside it.
 */
export async function* readGhost(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const path = files.list().find((one) => /\.json$/i.test(one) && !/(?:^|\/)(?:redirects|package)\.json$/.test(one))
  if (path === undefined) {
    yield {kind: 'note', note: {kind: 'broken', from: 'the export', what: 'there is no JSON file in it'}}
    return
  }
  const tables = await smallTables(files, path)
  const origin = originOf(options.url)
  yield {kind: 'settings', settings: settingsOf(tables)}
  const {served, items} = servedFiles(files, 'content/images')
  yield* items
  const tags = byId(tables['tags'])
  const users = byId(tables['users'])
  const metas = new Map(rowsOf(tables['posts_meta']).map((row) => [textAt(row, 'post_id'), row]))
  const tagsOf = grouped(tables['posts_tags'], 'tag_id', tags)
  const authorsOf = grouped(tables['posts_authors'], 'author_id', users)
  for (const tag of tags.values()) {
    const slug = textAt(tag, 'slug')
    if (slug !== undefined && !isInternal(tag)) yield {kind: 'redirect', from: `/tag/${slug}/`, to: `/tags/${slug}/`}
  }
  for (const user of users.values()) {
    const slug = textAt(user, 'slug')
    if (slug !== undefined) yield {kind: 'redirect', from: `/author/${slug}/`, to: `/authors/${slug}/`}
  }

  for await (const post of rowsAt(files, path, /(?:^|\.)data\.posts$/)) {
    const id = textAt(post, 'id') ?? ''
    const slug = textAt(post, 'slug') ?? id
    const meta = metas.get(id)
    const html = textAt(post, 'html') ?? plainHtml(textAt(post, 'plaintext'))
    const isPage = textAt(post, 'type') === 'page' || valueAt(post, 'page') === 1 || valueAt(post, 'page') === true
    const from = `${path}: ${slug}`
    if (html === undefined) {
      yield {kind: 'note', note: {kind: 'left', from, what: 'it has no text in the export'}}
      continue
    }
    const status = textAt(post, 'status') ?? 'draft'
    const isToCome = status === 'scheduled' && !isPage && textAt(post, 'published_at') !== undefined
    const heldBack = heldBackFor(post, meta, isToCome ? 'published' : status)
    const isOut = status === 'published' && heldBack === undefined
    const names = (tagsOf.get(id) ?? []).filter((tag) => !isInternal(tag)).flatMap((tag) => textAt(tag, 'name') ?? [])
    const authors = (authorsOf.get(id) ?? [users.get(textAt(post, 'author_id') ?? '')]).flatMap(
      (user) => textAt(user, 'slug') ?? [],
    )
    yield* convertExport({
      kind: isPage ? 'page' : 'post',
      from,
      slug,
      html: html.replaceAll('__GHOST_URL__', origin ?? ''),
      fields: {
        title: textAt(post, 'title'),
        date: isPage ? undefined : (textAt(post, 'published_at') ?? textAt(post, 'created_at')),
        updated: isPage ? undefined : textAt(post, 'updated_at'),
        draft: status === 'draft' || heldBack !== undefined ? true : undefined,
        tags: names.length === 0 ? undefined : names,
        authors: authors.length === 0 ? undefined : authors,
        description: textAt(post, 'custom_excerpt') ?? textAt(meta, 'meta_description'),
        image: textAt(post, 'feature_image')?.replaceAll('__GHOST_URL__', origin ?? ''),
        imageAlt: textAt(meta, 'feature_image_alt'),
        canonical: textAt(post, 'canonical_url')?.replaceAll('__GHOST_URL__', origin ?? ''),
        language: textAt(post, 'locale'),
        featured: valueAt(post, 'featured') === true || valueAt(post, 'featured') === 1 ? true : undefined,
        emailSubject: textAt(meta, 'email_subject'),
        feedId: isOut && !isPage ? id : undefined,
      },
      address: isOut ? `/${slug}/` : undefined,
      origin,
      served,
      heldBack,
    })
  }
}

/** What an export holds of a text that its editor never rendered. */
function plainHtml(text: string | undefined): string | undefined {
  return text
    ?.replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/\n{2,}/g, '<p>')
    .replaceAll('\n', '<br>')
}

function heldBackFor(post: Row, meta: Row | undefined, status: string): string | undefined {
  const visibility = textAt(post, 'visibility') ?? 'public'
  if (visibility !== 'public' && status !== 'draft') return `it was for readers who are ${visibility}`
  const isMail = valueAt(meta, 'email_only') === true || valueAt(meta, 'email_only') === 1
  if (isMail || status === 'sent') return 'it was mailed and never published'
  return status === 'published' || status === 'draft' ? undefined : `its status was ${status}`
}

function settingsOf(tables: Row): ForeignSettings {
  const settings = new Map(rowsOf(tables['settings']).map((row) => [textAt(row, 'key'), textAt(row, 'value')]))
  const authors = Object.fromEntries(
    rowsOf(tables['users']).flatMap((user) => {
      const [slug, name, website] = [textAt(user, 'slug'), textAt(user, 'name'), textAt(user, 'website')]
      return slug === undefined
        ? []
        : [[slug, {name: name ?? slug, ...(/^https?:\/\//.test(website ?? '') ? {url: website!} : {})}]]
    }),
  )
  return present({
    title: settings.get('title'),
    description: settings.get('description'),
    language: settings.get('locale') ?? settings.get('lang') ?? settings.get('default_locale'),
    timezone: settings.get('timezone') ?? settings.get('active_timezone') ?? settings.get('activeTimezone'),
    permalink: '/:slug/',
    authors: Object.keys(authors).length === 0 ? undefined : authors,
    navigation: navigationOf(settings.get('navigation')),
  })
}

function navigationOf(given: string | undefined): {label: string; url: string}[] | undefined {
  try {
    const entries = JSON.parse(given ?? '') as unknown
    const links = rowsOf(entries).flatMap((entry) => {
      const [label, url] = [textAt(entry, 'label'), textAt(entry, 'url')?.replace('__GHOST_URL__', '')]
      return label === undefined || url === undefined || !/^(?:\/|https?:)/.test(url) ? [] : [{label, url}]
    })
    return links.length === 0 ? undefined : links
  } catch {
    return undefined
  }
}

const isInternal = (tag: Row): boolean =>
  textAt(tag, 'visibility') === 'internal' || (textAt(tag, 'name') ?? '#').startsWith('#')

function rowsOf(table: unknown): Row[] {
  return Array.isArray(table) ? table.filter((row): row is Row => typeof row === 'object' && row !== null) : []
}

function byId(table: unknown): Map<string, Row> {
  return new Map(rowsOf(table).map((row) => [textAt(row, 'id') ?? '', row]))
}

/** What a table of pairs joins to each post, in its order. */
function grouped(pairs: unknown, key: string, named: ReadonlyMap<string, Row>): Map<string, Row[]> {
  const found = new Map<string, Row[]>()
  const order = (row: Row) => Number(valueAt(row, 'sort_order') ?? 0)
  for (const pair of rowsOf(pairs).toSorted((a, b) => order(a) - order(b))) {
    const post = textAt(pair, 'post_id') ?? ''
    const row = named.get(textAt(pair, key) ?? '')
    if (row !== undefined) found.set(post, [...(found.get(post) ?? []), row])
  }
  return found
}

async function smallTables(files: ExportFiles, path: string): Promise<Row> {
  const values = Readable.from(files.stream(path))
    .compose(ignore.withParserAsStream({filter: large}))
    .compose(streamValues.asStream())
  for await (const {value} of values as AsyncIterable<{value: unknown}>) {
    const data = valueAt(value, 'data') ?? valueAt(rowsOf(valueAt(value, 'db'))[0], 'data')
    if (typeof data === 'object' && data !== null) return data as Row
  }
  return {}
}

async function* rowsAt(files: ExportFiles, path: string, filter: RegExp): AsyncGenerator<Row> {
  const rows = Readable.from(files.stream(path))
    .compose(pick.withParserAsStream({filter}))
    .compose(streamArray.asStream())
  for await (const {value} of rows as AsyncIterable<{value: unknown}>)
    if (typeof value === 'object' && value !== null) yield value as Row
}
