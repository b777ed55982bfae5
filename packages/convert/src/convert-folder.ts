import {posix} from 'node:path'
import {readFrontMatter} from '@broadside/content'
import type {TemplateContext} from './convert-liquid.ts'
import type {ExportFiles, ForeignDocument, ForeignItem, ForeignSettings, Note} from './foreign-site.ts'
import {htmlToMarkdown} from './html-to-markdown.ts'
import {placeFiles} from './place-files.ts'
import {noOrigin} from './read-config.ts'

/** A text of a folder as its tool judges it. */
export type PlacedDocument = Pick<ForeignDocument, 'kind' | 'slug' | 'fields'> & {
  address: string | undefined
  /** The id that its feed gave it, where that is no URL of the address. */
  feedId?: string | undefined
  notes: Omit<Note, 'from'>[]
}

/** What tells one tool that builds sites from a folder from another. */
export type FolderTool = {
  settings: ForeignSettings
  /** Address of the old site, without its last slash. */
  origin: string | undefined
  /** Undefined where a file is no post and no page. */
  place: (path: string, fields: Record<string, unknown>) => PlacedDocument | undefined
  /** Names, besides its path, by which texts call a document. */
  namesOf: (path: string) => string[]
  body: (text: string, context: TemplateContext) => string
  /** The address at which the tool publishes a file that is no text. */
  served: (path: string) => string | undefined
  /** Of the site as a whole; they may come up as its files are placed. */
  notes: Note[]
}

const texts = /\.(?:md|mdx|markdown|mkd|mkdown)$/i
const published =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|mp3|m4a|ogg|opus|wav|mp4|webm|mov|vtt|srt|pdf|epub|zip|gz|csv|txt|json|xlsx?|docx?|pptx?|odt|ods|odp|stl)$/i

/**
 * Converts a folder in two looks: one learns every address, so that texts can lead to each other, the other reads one
 * text after another. A text that cannot be read is told and stops no other.
 */
export async function* convertFolder(files: ExportFiles, tool: FolderTool): AsyncGenerator<ForeignItem> {
  yield {kind: 'settings', settings: tool.settings}
  if (tool.origin === undefined) yield {kind: 'note', note: {kind: 'guessed', from: 'the site', what: noOrigin}}
  const served = new Map<string, string>()
  for (const path of files.list().filter((one) => published.test(one))) {
    const address = tool.served(path)
    if (address === undefined) continue
    const to = address.startsWith('/assets/') ? address.slice(1) : `assets${address}`
    served.set(address, to)
    yield {kind: 'file', from: path, to}
    if (`/${to}` !== address) yield {kind: 'redirect', from: address, to: `/${to}`}
  }

  const pages = new Map<string, string>()
  const placed: string[] = []
  for (const path of files.list().filter((one) => texts.test(one) || /\.html?$/i.test(one))) {
    const raw = readFrontMatter(path, await files.read(path))
    if ('problem' in raw) {
      if (texts.test(path)) yield {kind: 'unread', from: path, why: raw.problem.message, line: raw.problem.line ?? 1}
      continue
    }
    const document = tool.place(path, raw.fields)
    if (document === undefined) continue
    placed.push(path)
    if (document.address !== undefined)
      for (const name of [path, ...tool.namesOf(path)]) pages.set(name, document.address)
  }

  const all = new Set(files.list())
  for (const path of placed) {
    const raw = readFrontMatter(path, await files.read(path))
    const document = 'problem' in raw ? undefined : tool.place(path, raw.fields)
    if ('problem' in raw || document === undefined) continue
    const notes: Note[] = document.notes.map((note) => ({...note, from: path}))
    const context: TemplateContext = {
      pageOf: (name) => pages.get(name) ?? pages.get(posix.join(posix.dirname(path), name)),
      tell: (kind, line, what) => void notes.push({kind, from: path, line: raw.bodyLine + line - 1, what}),
    }
    const converted = tool.body(raw.body, context)
    const body = texts.test(path)
      ? converted
      : htmlToMarkdown(converted, (what) => void notes.push({kind: 'left', from: path, what}))
    const beside = placeFiles(
      {from: path, fields: document.fields, body},
      {
        served,
        origin: tool.origin,
        near: (name) => {
          const near = posix.normalize(posix.join(posix.dirname(path), name))
          return published.test(near) && all.has(near) ? near : undefined
        },
        page: (name) => pages.get(posix.normalize(posix.join(posix.dirname(path), name))),
      },
    )
    const {kind, slug, address, feedId} = document
    const fields =
      feedId === undefined || document.fields['draft'] === true ? beside.fields : {...beside.fields, feedId}
    yield {
      kind,
      from: path,
      slug,
      fields,
      body: beside.body,
      beside: beside.beside,
      ...(address === undefined ? {} : {address}),
    }
    for (const note of notes) yield {kind: 'note', note}
  }
  for (const note of tool.notes) yield {kind: 'note', note}
}
