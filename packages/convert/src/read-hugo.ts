import {posix} from 'node:path'
import {parseInstant, slugify} from '@broadside/content'
import {localDay} from '@broadside/site'
import {convertFolder, type PlacedDocument} from './convert-folder.ts'
import {convertShortcodes} from './convert-shortcodes.ts'
import type {ExportFiles, ForeignItem, Note, ReadOptions} from './foreign-site.ts'
import {ourFields, textOf} from './our-fields.ts'
import {originOf, present, readConfig, textAt, valueAt, zoneAt} from './read-config.ts'

const configs = ['hugo', 'config', 'config/_default/hugo', 'config/_default/config'].flatMap((name) =>
  ['toml', 'yaml', 'yml', 'json'].map((end) => `${name}.${end}`),
)
const monthNames = 'january february march april may june july august september october november december'.split(' ')

/** A Hugo site: https://gohugo.io/content-management/urls/ */
export async function* readHugo(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const config = await readConfig(files, configs)
  const origin = originOf(options.url, textAt(config, 'baseURL'))
  const timezone = zoneAt(config, 'timeZone') ?? options.timezone ?? 'UTC'
  const content = (textAt(config, 'contentDir') ?? 'content').replace(/\/$/, '')
  const language = textAt(config, 'defaultContentLanguage') ?? 'en'
  const isUgly = valueAt(config, 'uglyURLs') === true
  const all = new Set(files.list())
  const notes: Note[] = []
  const categories = new Set<string>()

  const place = (path: string, given: Record<string, unknown>): PlacedDocument | undefined => {
    if (!path.startsWith(`${content}/`) || /\.html?$/.test(path)) return undefined
    const inside = path.slice(content.length + 1).replace(/\.\w+$/, '')
    const [, way, translation] = /^(.*?)(?:\.([a-z]{2,3}(?:-[a-z]{2,4})?))?$/i.exec(inside) ?? []
    if (way === undefined || posix.basename(way) === '_index') return undefined
    if (translation !== undefined && translation !== language) {
      return void notes.push({
        kind: 'left',
        from: path,
        what: `a translation (${translation}); a site has one language here`,
      })
    }
    const parts = way.split('/')
    if (isInBundle(parts)) return undefined
    const isBundle = parts.at(-1) === 'index'
    if (isBundle) parts.pop()
    const name = parts.at(-1)
    if (name === undefined) return undefined
    const {fields, heldBack: kept} = ourFields(given, [
      'url',
      'permalink',
      'slug',
      'params',
      'cascade',
      'build',
      '_build',
      'menu',
      'menus',
      'headless',
    ])
    const heldBack = kept ?? (isRendered(given) ? undefined : 'it had no page of its own')
    if (heldBack !== undefined) fields['draft'] = true
    const own = valueAt(given, 'categories')
    for (const name of Array.isArray(own) ? own.map(textOf) : []) categories.add(name)
    const dated = /^(\d{4}-\d{2}-\d{2})-(.+)$/.exec(name)
    const slug = textAt(given, 'slug') ?? slugify(dated?.[2] ?? name)
    if (fields['date'] === undefined && dated !== null) fields['date'] = dated[1]
    const kind = parts.length > 1 && fields['date'] !== undefined ? 'post' : 'page'
    const told: PlacedDocument['notes'] =
      heldBack === undefined ? [] : [{kind: 'guessed', what: `a draft here, for ${heldBack}`}]
    return {
      kind,
      slug: kind === 'page' ? slugify(name) : slug,
      fields,
      address: addressOf(parts, given, fields),
      notes: told,
    }
  }
  const isInBundle = (parts: string[]) =>
    parts
      .slice(0, -1)
      .some((_, n) => n + 1 < parts.length - 1 && all.has([content, ...parts.slice(0, n + 1), 'index.md'].join('/')))

  const addressOf = (
    parts: string[],
    given: Record<string, unknown>,
    fields: Record<string, unknown>,
  ): string | undefined => {
    const url = textAt(given, 'url')
    const at = parseInstant(textOf(fields['date']), timezone)
    // The day that is written counts, in whatever zone it is written.
    const day =
      /^\d{4}-\d{2}-\d{2}/.exec(textOf(fields['date']))?.[0] ?? (at === undefined ? undefined : localDay(at, timezone))
    const names = parts.map((part) => slugify(part))
    const own = textAt(given, 'slug')
    const [section = ''] = names
    const rule = textAt(config, 'permalinks', section) ?? textAt(config, 'permalinks', 'page', section)
    const filling = {
      day,
      title: textOf(fields['title']),
      slug: own,
      name: names.at(-1) ?? '',
      section,
      sections: names.slice(0, -1),
    }
    if (url !== undefined) return fill(url.startsWith('/') ? url : `/${url}`, filling)
    if (rule !== undefined && parts.length > 1) return fill(rule, filling)
    const plain = `/${[...names.slice(0, -1), own === undefined ? names.at(-1) : slugify(own)].join('/')}`
    return isUgly ? `${plain}.html` : `${plain}/`
  }

  const rules = ['posts', 'post', 'blog'].map((section) => ({
    section,
    rule: textAt(config, 'permalinks', section) ?? textAt(config, 'permalinks', 'page', section),
  }))
  const most = rules.find(({section}) => files.list().some((path) => path.startsWith(`${content}/${section}/`)))
  yield* convertFolder(files, {
    settings: present({
      title: textAt(config, 'title'),
      tagline: textAt(config, 'params', 'tagline') ?? textAt(config, 'params', 'subtitle'),
      description: textAt(config, 'params', 'description'),
      language: textAt(config, 'languageCode') ?? textAt(config, 'locale') ?? textAt(config, 'defaultContentLanguage'),
      timezone: textAt(config, 'timeZone'),
      permalink: most === undefined ? undefined : ourPattern(most.rule ?? `/${most.section}/:slug/`),
    }),
    origin,
    place: (path, given) => {
      const placed = place(path, given)
      const feedId = placed?.address === undefined || origin === undefined ? undefined : `${origin}${placed.address}`
      return placed === undefined ? undefined : {...placed, feedId: placed.kind === 'post' ? feedId : undefined}
    },
    namesOf: (path) => {
      const inside = path.slice(content.length + 1)
      const plain = inside.replace(/(?:\/(?:index))?\.\w+$/, '')
      return [inside, plain, posix.basename(plain), `${posix.basename(plain)}.md`]
    },
    body: convertShortcodes,
    served: (path) => (path.startsWith('static/') ? path.slice('static'.length) : undefined),
    notes,
  })
  for (const name of categories)
    yield {kind: 'redirect', from: `/categories/${slugify(name)}/`, to: `/tags/${slugify(name)}/`}
}

/** https://gohugo.io/content-management/build-options/ */
function isRendered(given: Record<string, unknown>): boolean {
  const render = valueAt(given, 'build', 'render') ?? valueAt(given, '_build', 'render') ?? 'always'
  const headless = valueAt(given, 'headless') ?? false
  return /^(?:always|true)$/i.test(textOf(render)) && /^false$/i.test(textOf(headless))
}

type Filling = {
  day: string | undefined
  title: string
  slug: string | undefined
  name: string
  section: string
  sections: string[]
}

/** Undefined where the pattern asks for what the text does not say. */
function fill(pattern: string, {day, title, slug, name, section, sections}: Filling): string | undefined {
  const [year, month, date] = day?.split('-') ?? []
  const values: Record<string, string | undefined> = {
    year,
    month,
    day: date,
    monthname: month === undefined ? undefined : monthNames[Number(month) - 1],
    section,
    sections: sections.join('/'),
    title: slugify(title),
    slug: slugify(slug ?? title),
    slugorfilename: slugify(slug ?? name),
    slugorcontentbasename: slugify(slug ?? name),
    filename: name,
    contentbasename: name,
  }
  let isWhole = true
  const filled = pattern.replaceAll(/:([a-z]+)(?:\[[^\]]*\])?/g, (_, token: string) => {
    isWhole &&= values[token] !== undefined
    return values[token] ?? ''
  })
  return isWhole ? `/${filled}`.replaceAll(/\/{2,}/g, '/').replace(/(?<!\/|\.\w+)$/, '/') : undefined
}

function ourPattern(rule: string): string | undefined {
  const pattern = rule.replace(/:(?:title|slugorfilename|slugorcontentbasename|filename|contentbasename)\b/, ':slug')
  const rooted = `/${pattern}/`.replaceAll(/\/{2,}/g, '/')
  return /:slug/.test(rooted) && !/:(?!slug\b|year\b|month\b|day\b)\w/.test(rooted) ? rooted : undefined
}
