import {pipeline} from 'node:stream'
import {parse} from 'csv-parse'
import {convertExport} from './convert-export.ts'
import type {ExportFiles, ForeignItem, ReadOptions} from './foreign-site.ts'
import {noOrigin, originOf} from './read-config.ts'

type Row = {
  post_id: string
  post_date: string
  is_published: string
  type?: string
  audience?: string
  title?: string
  subtitle?: string
  podcast_url?: string
}

/** A Substack export: `posts.csv`, and a file of HTML a post in `posts/`. */
export async function* readSubstack(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const table = files.list().find((path) => /(?:^|\/)posts\.csv$/.test(path))
  const origin = originOf(options.url)
  yield {kind: 'settings', settings: {permalink: '/p/:slug/'}}
  if (table === undefined) {
    yield {kind: 'note', note: {kind: 'broken', from: 'posts.csv', what: 'it is not in the export'}}
    return
  }
  if (origin === undefined) yield {kind: 'note', note: {kind: 'guessed', from: 'posts.csv', what: noOrigin}}
  const texts = new Map(
    files
      .list()
      .flatMap((path) => (/([^/]+)\.html$/.test(path) ? [[path.replace(/^.*\/|\.html$/g, ''), path] as const] : [])),
  )
  const rows = parse({columns: true, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true})
  // What breaks it off is thrown to whoever asks for the next row.
  pipeline(files.stream(table), rows, () => {})
  for await (const row of rows as AsyncIterable<Row>) {
    const [id = '', slug = ''] = /^(\d+)\.(.+)$/.exec(row.post_id)?.slice(1) ?? ['', row.post_id]
    const path = texts.get(row.post_id) ?? texts.get(id)
    const isOut = row.is_published?.toLowerCase() === 'true'
    if (path === undefined) {
      yield {
        kind: 'note',
        note: {kind: isOut ? 'broken' : 'left', from: `${table}: ${row.post_id}`, what: 'it has no text in the export'},
      }
      continue
    }
    const heldBack = /^(?:everyone|)$/.test(row.audience ?? '')
      ? undefined
      : `it was for readers who are ${row.audience}`
    yield* convertExport({
      kind: row.type === 'page' ? 'page' : 'post',
      from: path,
      slug: slug === '' ? id : slug,
      html: (await files.read(path)).toString('utf8'),
      fields: {
        title: row.title === '' ? undefined : row.title,
        date: row.post_date === '' ? undefined : row.post_date,
        draft: !isOut || heldBack !== undefined ? true : undefined,
        description: row.subtitle === '' ? undefined : row.subtitle,
        audio: row.podcast_url === '' ? undefined : row.podcast_url,
        feedId: isOut && heldBack === undefined && origin !== undefined ? `${origin}/p/${slug}` : undefined,
      },
      address: isOut ? `/p/${slug}/` : undefined,
      origin,
      served: new Map(),
      heldBack,
    })
  }
}
