import {posix} from 'node:path'
import {slugify} from '@broadside/content'
import {convertFolder, type PlacedDocument} from './convert-folder.ts'
import {convertLiquid} from './convert-liquid.ts'
import type {ExportFiles, ForeignItem, Note, ReadOptions} from './foreign-site.ts'
import {ourFields, textOf} from './our-fields.ts'
import {originOf, present, readConfig, textAt} from './read-config.ts'

const configs = [
  'eleventy.config.js',
  'eleventy.config.mjs',
  'eleventy.config.cjs',
  'eleventy.config.ts',
  '.eleventy.js',
]
const collections = new Set(['post', 'posts', 'blog', 'all', 'articles', 'nav'])

/**
 * An Eleventy site: Markdown below its input folder, with the data of its folders. Configuration and data that are code
 * are read for the plain texts in them, and never run.
 */
export async function* readEleventy(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const configPath = configs.find((path) => files.list().includes(path))
  const config = configPath === undefined ? '' : (await files.read(configPath)).toString('utf8')
  const input = (/\binput\s*:\s*["'`]\.?\/?([^"'`]*)["'`]/.exec(config)?.[1] ?? '').replace(/\/$/, '')
  const under = (path: string) => (input === '' ? path : `${input}/${path}`)
  const names = ['metadata', 'site', 'meta'].flatMap((name) =>
    ['json', 'yaml', 'yml'].map((end) => `_data/${name}.${end}`),
  )
  const metadata = await readConfig(files, names.map(under))
  const code = await textOfAny(
    files,
    ['metadata', 'site', 'meta'].flatMap((name) => ['js', 'mjs', 'cjs'].map((end) => under(`_data/${name}.${end}`))),
  )
  const said = (name: string) =>
    textAt(metadata, name) ??
    new RegExp(String.raw`\b${name}\s*:\s*["'\`]([^"'\`]+)["'\`]`).exec(`${code}\n${config}`)?.[1]
  const origin = originOf(options.url, said('url'), said('base'))
  const ofFolder = await folderData(files)
  const notes: Note[] = []

  const place = (path: string, given: Record<string, unknown>): PlacedDocument | undefined => {
    if (!path.startsWith(input === '' ? '' : `${input}/`) || /(?:^|\/)[_.]/.test(path)) return undefined
    const inside = path.slice(input === '' ? 0 : input.length + 1)
    const stem = inside.replace(/\.\w+$/, '')
    if (/\.html?$/.test(path) || /^(?:readme|license|contributing|changelog|index|404)$/i.test(stem)) return undefined
    const all = {...dataFor(ofFolder, path), ...given}
    if (all['permalink'] === false || all['permalink'] === 'false') return undefined
    const {fields, heldBack} = ourFields(all, [
      'permalink',
      'slug',
      'url',
      'templateEngineOverride',
      'eleventyExcludeFromCollections',
      'eleventyNavigation',
      'pagination',
    ])
    const told: PlacedDocument['notes'] =
      heldBack === undefined ? [] : [{kind: 'guessed', what: `a draft here, for ${heldBack}`}]
    const dated = /^(\d{4}-\d{2}-\d{2})-(.+)$/.exec(posix.basename(stem.replace(/\/index$/, '')))
    const tags = Array.isArray(fields['tags']) ? (fields['tags'] as string[]) : []
    const isPost =
      tags.some((tag) => collections.has(tag.toLowerCase())) ||
      dated !== null ||
      /^(?:posts?|blog|articles?|notes?)\//.test(inside)
    const kept = tags.filter((tag) => !collections.has(tag.toLowerCase()))
    if (kept.length > 0) fields['tags'] = kept
    else delete fields['tags']
    if (/^(?:git |created|last modified)/i.test(textOf(fields['date']))) delete fields['date']
    if (fields['date'] === undefined && dated !== null) fields['date'] = dated[1]
    const fileSlug = dated?.[2] ?? posix.basename(stem.replace(/\/index$/, ''))
    const filePathStem = `/${stem}`.replace(/(^|\/)\d{4}-\d{2}-\d{2}-(?=[^/]+(?:\/index)?$)/, '$1')
    const permalink = textAt(all, 'permalink')
    const plain = `${filePathStem.replace(/\/index$/, '')}/`
    const filled =
      permalink === undefined ? plain : fill(permalink, {fileSlug, filePathStem, title: textOf(fields['title'])})
    if (filled === undefined)
      told.push({kind: 'guessed', what: `its permalink ${permalink} is code: taken for ${plain}`})
    const kind = isPost && !/^(?:posts?|blog)$/.test(stem) ? 'post' : 'page'
    return {kind, slug: textAt(all, 'slug') ?? slugify(fileSlug), fields, address: filled ?? plain, notes: told}
  }

  const roots = passedThrough(config)
  const main = ['posts', 'blog', 'articles'].find((folder) =>
    files.list().some((path) => path.startsWith(under(`${folder}/`))),
  )
  yield* convertFolder(files, {
    settings: present({
      title: said('title'),
      description: said('description'),
      language: said('language') ?? said('lang'),
      permalink: main === undefined ? undefined : `/${main}/:slug/`,
    }),
    origin,
    place: (path, given) => {
      const placed = place(path, given)
      if (placed?.kind !== 'post' || origin === undefined) return placed
      return {...placed, feedId: `${origin}${placed.address}`}
    },
    namesOf: (path) => [path.slice(input === '' ? 0 : input.length + 1)],
    body: convertLiquid,
    served: (path) => {
      if (/(?:^|\/)[_.]/.test(path) || /\.(?:11tydata\.)?json$/.test(path) || /^[^/]+\.txt$/.test(path))
        return undefined
      const root = roots.find(({from}) => path.startsWith(`${from}/`))
      if (root !== undefined) return `${root.to}${path.slice(root.from.length)}`
      const isInside = roots.some(({from}) => from.includes('*')) && path.startsWith(under(''))
      return isInside ? `/${path.slice(under('').length)}` : undefined
    },
    notes,
  })
}

/** Folders that are copied as they are: `addPassthroughCopy('img')` and `addPassthroughCopy({'./public/': '/'})`. */
function passedThrough(config: string): {from: string; to: string}[] {
  const clean = (path: string) => path.replace(/^\.?\//, '').replace(/\/(?:\*\*.*)?$/, '')
  const found: {from: string; to: string}[] = []
  for (const [, body = ''] of config.matchAll(/addPassthroughCopy\(([\s\S]*?)\)/g)) {
    const pairs = [...body.matchAll(/["'`]([^"'`]+)["'`]\s*:\s*["'`]([^"'`]*)["'`]/g)]
    for (const [, from = '', to = ''] of pairs)
      found.push({from: clean(from), to: clean(to) === '' ? '' : `/${clean(to)}`})
    const alone = /^\s*["'`]([^"'`]+)["'`]/.exec(body)?.[1]
    if (pairs.length === 0 && alone !== undefined)
      found.push({from: clean(alone), to: `/${posix.basename(clean(alone))}`})
  }
  return found.filter(({from}) => from !== '')
}

type Filling = {fileSlug: string; filePathStem: string; title: string}

/** A permalink in Liquid or Nunjucks; undefined where it asks for more than names. */
function fill(permalink: string, {fileSlug, filePathStem, title}: Filling): string | undefined {
  const filled = permalink.replaceAll(
    /\{\{-?\s*([\w.]+)\s*((?:\|\s*\w+\s*)*)-?\}\}/g,
    (whole, name: string, filters: string) => {
      const value = {'page.fileSlug': fileSlug, 'page.filePathStem': filePathStem, title}[name]
      if (value === undefined || !/^(?:\|\s*(?:slug|slugify|url)\s*)*$/.test(filters.trim())) return whole
      return filters.trim() === '' ? value : slugify(value)
    },
  )
  if (/[{}]/.test(filled)) return undefined
  return `/${filled}`.replaceAll(/\/{2,}/g, '/').replace(/\/index\.html$/, '/')
}

/** Data that a folder gives to its files: `posts/posts.json`, `posts/posts.11tydata.json`, or plain texts of its code. */
async function folderData(files: ExportFiles): Promise<Map<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>()
  for (const path of files.list()) {
    const [, folder, name, end] = /^(?:(.*)\/)?([^/]+?)(?:\.11tydata)?\.(json|js|mjs|cjs)$/.exec(path) ?? []
    if (folder === undefined || posix.basename(folder) !== name) continue
    if (end === 'json') found.set(folder, await readConfig(files, [path]))
    else {
      const code = (await files.read(path)).toString('utf8')
      const entries = [...code.matchAll(/\b(permalink|layout|author)\s*:\s*["'`]([^"'`$]+)["'`]/g)].map(
        ([, key, value]) => [key, value],
      )
      const tags = /\btags\s*:\s*(?:\[([^\]]*)\]|["'`]([^"'`]+)["'`])/.exec(code)
      const listed = [...(tags?.[1] ?? `"${tags?.[2] ?? ''}"`).matchAll(/["'`]([^"'`]+)["'`]/g)].map(([, tag]) => tag)
      found.set(folder, {...Object.fromEntries(entries), ...(listed.length > 0 ? {tags: listed} : {})} as Record<
        string,
        unknown
      >)
    }
  }
  return found
}

function dataFor(ofFolder: ReadonlyMap<string, Record<string, unknown>>, path: string): Record<string, unknown> {
  const parts = path.split('/')
  return Object.assign({}, ...parts.map((_, n) => ofFolder.get(parts.slice(0, n).join('/')) ?? {})) as Record<
    string,
    unknown
  >
}

async function textOfAny(files: ExportFiles, paths: string[]): Promise<string> {
  const path = paths.find((one) => files.list().includes(one))
  return path === undefined ? '' : (await files.read(path)).toString('utf8')
}
