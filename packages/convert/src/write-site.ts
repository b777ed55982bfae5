import {createWriteStream} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {isSafePath, slugify} from '@broadside/content'
import {stringify} from 'yaml'
import {createAddresses, nothingThere} from './create-addresses.ts'
import {foldName} from './fold-name.ts'
import type {ExportFiles, ForeignDocument, ForeignItem, ForeignSettings, Note} from './foreign-site.ts'
import {settingsFile} from './settings-file.ts'

export type Conversion = {
  posts: number
  /** Of those posts, the ones that are drafts. */
  drafts: number
  pages: number
  files: number
  redirects: number
  notes: Note[]
}

export type WriteOptions = {
  dir: string
  files: ExportFiles
  /** For what the old site does not say. */
  defaults: ForeignSettings
}

/**
 * Writes a site's repository from what a reader yields, item by item. Each post keeps the address it had; where
 * Broadside would give it another, its front matter says so. Files are written once and never over another.
 */
export async function writeSite(
  items: AsyncIterable<ForeignItem>,
  {dir, files, defaults}: WriteOptions,
): Promise<Conversion> {
  const done: Conversion = {posts: 0, drafts: 0, pages: 0, files: 0, redirects: 0, notes: []}
  const taken = new Set<string>()
  const redirects = new Map<string, string>()
  let addresses = createAddresses(await writeSettings(dir, defaults))
  const copy = async (from: string, to: string): Promise<void> => {
    if (!isSafePath(to) || !claim(taken, to))
      return void done.notes.push({kind: 'left', from, what: `it cannot lie at ${to}, or another does`})
    await mkdir(dirname(join(dir, to)), {recursive: true})
    await pipeline(files.stream(from), createWriteStream(join(dir, to), {flags: 'wx'}))
    done.files += 1
  }
  for await (const item of items) {
    if (item.kind === 'settings') {
      const {read, dropped} = settingsFile(item.settings)
      for (const key of dropped)
        done.notes.push({kind: 'left', from: 'the site', what: nothingThere(key, item.settings[key])})
      addresses = createAddresses(await writeSettings(dir, {...defaults, ...read}))
    } else if (item.kind === 'note') done.notes.push(item.note)
    else if (item.kind === 'file') await copy(item.from, item.to)
    else if (item.kind === 'redirect') redirects.set(item.from, item.to)
    else if (item.kind === 'unread') {
      await copy(item.from, `unconverted/${item.from}`)
      const {from, why, line} = item
      done.notes.push({
        kind: 'broken',
        from,
        what: `${why} It lies below unconverted/.`,
        ...(line === undefined ? {} : {line}),
      })
    } else {
      const path = freePath(taken, item, addresses.dayOf(item))
      const {fields, notes} = addresses.settle(item, path)
      done.notes.push(...notes)
      await writeDocument(dir, path, {...item, fields})
      for (const {from, name} of item.beside) await copy(from, `${dirname(path)}/${name}`)
      done[item.kind === 'post' ? 'posts' : 'pages'] += 1
      if (item.kind === 'post' && fields['draft'] === true) done.drafts += 1
    }
  }
  const useful = [...redirects].filter(([from]) => !addresses.isTaken(from))
  done.redirects = useful.length
  if (useful.length > 0)
    await writeFile(join(dir, 'redirects.yaml'), stringify(Object.fromEntries(useful)), {flag: 'wx'})
  return done
}

async function writeSettings(dir: string, settings: ForeignSettings): Promise<ForeignSettings> {
  await mkdir(dir, {recursive: true})
  const {text, read} = settingsFile(settings)
  await writeFile(join(dir, 'broadside.yaml'), text)
  return read
}

async function writeDocument(dir: string, path: string, {fields, body}: ForeignDocument): Promise<void> {
  await mkdir(dirname(join(dir, path)), {recursive: true})
  const front = stringify(fields, {lineWidth: 0})
  await writeFile(join(dir, path), `---\n${front}---\n\n${body.replace(/^\s*\n/, '').trimEnd()}\n`, {flag: 'wx'})
}

/** A post with files beside it is a folder. */
function freePath(
  taken: Set<string>,
  {kind, slug: given, beside, address}: ForeignDocument,
  day: string | undefined,
): string {
  const slug = slugify(given)
  const folders = (address ?? '')
    .split('/')
    .filter(Boolean)
    .slice(0, -1)
    .filter((part) => isSafePath(part))
  const stem =
    kind === 'page'
      ? ['pages', ...folders, slug || 'page'].join('/')
      : `posts/${day === undefined ? '' : `${day}-`}${slug || 'post'}`
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? stem : `${stem}-${n}`
    const path = beside.length === 0 ? `${name}.md` : `${name}/index.md`
    if (claim(taken, name)) return path
  }
}

function claim(taken: Set<string>, path: string): boolean {
  const folded = foldName(path)
  if (taken.has(folded)) return false
  taken.add(folded)
  return true
}
