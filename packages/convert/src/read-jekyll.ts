import {posix} from 'node:path'
import {parseInstant, slugify} from '@broadside/content'
import {localDay} from '@broadside/site'
import {convertFolder, type PlacedDocument} from './convert-folder.ts'
import {convertLiquid} from './convert-liquid.ts'
import type {ExportFiles, ForeignItem, Note, ReadOptions} from './foreign-site.ts'
import {ourFields, textOf} from './our-fields.ts'
import {originOf, present, readConfig, textAt, valueAt, zoneAt} from './read-config.ts'

const styles: Record<string, string> = {
  date: '/:categories/:year/:month/:day/:title.html',
  pretty: '/:categories/:year/:month/:day/:title/',
  ordinal: '/:categories/:year/:y_day/:title.html',
  none: '/:categories/:title.html',
}
const postPath =
  /^(?:(?<folder>.*)\/)?_(?<what>posts|drafts)\/(?:.*\/)?(?:(?<day>\d{4}-\d{1,2}-\d{1,2})-)?(?<name>[^/]+)\.(?:md|markdown|mkd|mkdown|html?)$/

/** A Jekyll site: https://jekyllrb.com/docs/structure/ and https://jekyllrb.com/docs/permalinks/ */
export async function* readJekyll(whole: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const config = await readConfig(whole, ['_config.yml', '_config.yaml', '_config.toml'])
  const files = withoutExcluded(whole, listOf(valueAt(config, 'exclude')))
  const origin = originOf(options.url, [textAt(config, 'url'), textAt(config, 'baseurl')].join(''))
  const known = zoneAt(config, 'timezone') ?? options.timezone
  const timezone = known ?? 'UTC'
  const pattern = textAt(config, 'permalink') ?? 'date'
  const notes: Note[] = leftBehind(files)
  if (known === undefined)
    notes.push({kind: 'guessed', from: '_config.yml', what: 'no timezone is set: dates without a zone are read as UTC'})

  const place = (path: string, given: Record<string, unknown>): PlacedDocument | undefined => {
    const all = {...defaultsFor(config, path), ...given}
    const post = postPath.exec(path)?.groups
    const isPage = post === undefined && Object.keys(given).length > 0 && !/(?:^|\/)[_.]/.test(path)
    if (post === undefined && !isPage) return undefined
    const {fields, heldBack} = ourFields(all, ['permalink', 'slug'])
    const told: PlacedDocument['notes'] =
      heldBack === undefined ? [] : [{kind: 'guessed', what: `a draft here, for ${heldBack}`}]
    const permalink = textAt(all, 'permalink')
    if (post === undefined) {
      const stem = path.replace(/\.\w+$/, '').replace(/(?:^|\/)index$/, '')
      if (/\.html?$/.test(path) || stem === '' || /(?:^|\/)(?:404|readme|license|contributing)$/i.test(stem))
        return undefined
      const plain = /^(?:pretty|\/.*\/)$/.test(pattern) ? `/${stem}/` : `/${stem}.html`
      return {kind: 'page', slug: slugify(posix.basename(stem)), fields, address: permalink ?? plain, notes: told}
    }
    const {folder = '', what, day, name = ''} = post
    if (what === 'drafts') fields['draft'] = true
    if (fields['date'] === undefined && day !== undefined) fields['date'] = day
    const slug = textAt(all, 'slug') ?? name
    const at = parseInstant(textOf(fields['date']), timezone)
    const categories = [...folder.split('/'), ...listOf(valueAt(all, 'categories') ?? valueAt(all, 'category'))]
    const template = permalink ?? pattern
    const address =
      at === undefined ? undefined : fill(styles[template] ?? template, {day: localDay(at, timezone), slug, categories})
    const feedId =
      address === undefined || origin === undefined ? undefined : `${origin}${posix.join(posix.dirname(address), slug)}`
    return {kind: 'post', slug, fields, address, feedId, notes: told}
  }

  yield* convertFolder(files, {
    settings: present({
      title: textAt(config, 'title'),
      tagline: textAt(config, 'tagline'),
      description: textAt(config, 'description'),
      language: textAt(config, 'lang') ?? textAt(config, 'locale'),
      timezone: textAt(config, 'timezone'),
      permalink: ourPattern(styles[pattern] ?? pattern),
    }),
    origin,
    place,
    namesOf: (path) => {
      const name = /(?:^|\/)_posts\/(.*)\.\w+$/.exec(path)?.[1]
      return name === undefined ? [] : [name, posix.basename(name)]
    },
    body: (text, context) => withoutKramdown(convertLiquid(text, context), context.tell),
    served: (path) =>
      /(?:^|\/)[_.]/.test(path) || /^(?:package(?:-lock)?|.*\.config)\.json$|\.txt$/.test(path)
        ? undefined
        : `/${path}`,
    notes,
  })
}

/** What `_config.yml` keeps out of the site: paths, beginnings of paths, and patterns whose `*` crosses folders. */
function withoutExcluded(files: ExportFiles, excluded: string[]): ExportFiles {
  const plain = excluded.map((path) => path.replace(/^(?:\.?\/)+/, '')).filter((path) => path !== '')
  const isOut = (path: string) =>
    plain.some((pattern) => path.startsWith(pattern) || folders(path).some((one) => matchesGlob(one, pattern)))
  const kept = files.list().filter((path) => !isOut(path))
  return {...files, list: () => kept}
}

/** A path, and each folder that it lies in. */
function folders(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, n) => parts.slice(0, n + 1).join('/'))
}

function matchesGlob(path: string, pattern: string): boolean {
  const source = pattern
    .replace(/\/$/, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(path)
}

/** Values that `_config.yml` gives to all posts, or to those below a path. */
function defaultsFor(config: Record<string, unknown>, path: string): Record<string, unknown> {
  const defaults = valueAt(config, 'defaults')
  const isPost = postPath.test(path)
  return Object.assign(
    {},
    ...(Array.isArray(defaults) ? defaults : []).map((entry: unknown) => {
      const type = textAt(entry, 'scope', 'type')
      const below = textAt(entry, 'scope', 'path') ?? ''
      if (!path.startsWith(below) || (type !== undefined && type !== (isPost ? 'posts' : 'pages'))) return {}
      return valueAt(entry, 'values') ?? {}
    }),
  ) as Record<string, unknown>
}

type Filling = {day: string; slug: string; categories: string[]}

function fill(template: string, {day, slug, categories}: Filling): string {
  const [year = '', month = '', date = ''] = day.split('-')
  const dayOfYear = (Date.parse(day) - Date.parse(`${year}-01-01`)) / 86_400_000 + 1
  const values: Record<string, string> = {
    year,
    month,
    day: date,
    i_month: `${Number(month)}`,
    i_day: `${Number(date)}`,
    short_year: year.slice(2),
    y_day: `${dayOfYear}`.padStart(3, '0'),
    title: slug,
    slug: slugify(slug),
    categories: [...new Set(categories.map((name) => name.toLowerCase()).filter(Boolean))].join('/'),
    slugified_categories: [...new Set(categories.map(slugify).filter(Boolean))].join('/'),
    output_ext: '.html',
    hour: '00',
    minute: '00',
    second: '00',
  }
  const filled = template.replaceAll(/:(\w+)/g, (token, name: string) => values[name] ?? token)
  return `/${filled}`.replaceAll(/\/{2,}/g, '/')
}

/** The site's own pattern, where posts without categories follow it. */
function ourPattern(template: string): string | undefined {
  const pattern = template.replace('/:categories', '').replace(':title', ':slug').replace(':output_ext', '.html')
  return /:slug/.test(pattern) && !/:(?!slug\b|year\b|month\b|day\b)\w/.test(pattern) ? pattern : undefined
}

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(textOf)
  return textOf(value).split(/\s+/).filter(Boolean)
}

/** Kramdown's attributes of a block or image, and its table of contents, have no words in Markdown. */
function withoutKramdown(text: string, tell: (kind: 'left', line: number, what: string) => void): string {
  return text.replaceAll(
    /^(?:[*-] .*\n)?\{:\s*toc\s*\}[ \t]*$|^\{:[^}\n]*\}[ \t]*$|(?<=[)\w*`])\{:[^}\n]*\}/gm,
    (whole: string, offset: number) => {
      tell('left', text.slice(0, offset).split('\n').length, `${whole.trim().replaceAll('\n', ' ')} was left out`)
      return ''
    },
  )
}

function leftBehind(files: ExportFiles): Note[] {
  const known = /^_(?:posts|drafts|site|config|includes|layouts|sass|data|plugins)\b/
  const folders = new Set(
    files.list().flatMap((path) => (/^_[^/]+\//.test(path) && !known.test(path) ? [path.split('/')[0]!] : [])),
  )
  return [...folders].map((folder) => ({kind: 'left', from: folder, what: 'a collection of its own is not converted'}))
}
