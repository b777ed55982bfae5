import {posix} from 'node:path'
import {slugify} from '@broadside/content'
import {convertFolder, type PlacedDocument} from './convert-folder.ts'
import type {TemplateContext} from './convert-liquid.ts'
import {clip} from './convert-liquid.ts'
import type {ExportFiles, ForeignItem, Note, ReadOptions} from './foreign-site.ts'
import {ourFields} from './our-fields.ts'
import {originOf, present, textAt} from './read-config.ts'

const collection = /^src\/(?:content|data)\/([^/]+)\/(.+)\.(?:md|mdx)$/
const configs = ['mjs', 'ts', 'js', 'mts', 'cjs'].map((end) => `astro.config.${end}`)

/**
 * An Astro site: content collections, and Markdown under `src/pages`. Where a collection is published is said by code,
 * which is read and never run: the route that asks for it by name tells its folder.
 */
export async function* readAstro(files: ExportFiles, options: ReadOptions): AsyncGenerator<ForeignItem> {
  const config = await textOf(files, configs)
  const constants = await textOf(files, ['src/consts.ts', 'src/consts.js', 'src/config.ts', 'src/site.config.ts'])
  const site = assigned(config, 'site')
  const origin = originOf(
    options.url,
    site === undefined ? undefined : `${site}${(assigned(config, 'base') ?? '').replace(/^(?=[^/])/, '/')}`,
  )
  const routes = await routesOf(files)
  const notes: Note[] = []
  const told = new Set<string>()

  const place = (path: string, given: Record<string, unknown>): PlacedDocument | undefined => {
    const {fields, heldBack} = ourFields(given, ['slug', 'permalink', 'url'])
    const said: PlacedDocument['notes'] =
      heldBack === undefined ? [] : [{kind: 'guessed', what: `a draft here, for ${heldBack}`}]
    const page = /^src\/pages\/(.+)\.md$/.exec(path)?.[1]
    if (page !== undefined) {
      const way = page.replace(/(?:^|\/)index$/, '')
      if (way === '' || /(?:^|\/)_/.test(way)) return undefined
      const kind = fields['date'] === undefined ? 'page' : 'post'
      return {kind, slug: slugify(posix.basename(way)), fields, address: `/${way}/`, notes: said}
    }
    const [, name, file] = collection.exec(path) ?? []
    if (name === undefined || file === undefined || /(?:^|\/)_/.test(file)) return undefined
    const route = routes.get(name)
    if (route === undefined && !told.has(name)) {
      told.add(name)
      notes.push({kind: 'guessed', from: `src/content/${name}`, what: `no route names it: taken for /${name}/`})
    }
    const id =
      textAt(given, 'slug') ??
      file
        .replace(/\/index$/, '')
        .split('/')
        .map(slugify)
        .join('/')
    const kind = fields['date'] === undefined ? 'page' : 'post'
    return {kind, slug: slugify(posix.basename(id)), fields, address: `${route ?? `/${name}/`}${id}/`, notes: said}
  }

  const main = [...routes].find(([name]) => /^(?:blog|posts?|articles?|notes?|news|writing)$/.test(name))
  yield* convertFolder(files, {
    settings: present({
      title: assigned(constants, 'SITE_TITLE') ?? assigned(constants, 'title'),
      description: assigned(constants, 'SITE_DESCRIPTION') ?? assigned(constants, 'description'),
      permalink: main === undefined ? undefined : `${main[1]}:slug/`,
    }),
    origin,
    place: (path, given) => {
      const placed = place(path, given)
      if (placed?.kind !== 'post' || origin === undefined) return placed
      return {...placed, feedId: `${origin}${placed.address}`}
    },
    namesOf: (path) => [path.replace(/\.\w+$/, '')],
    body: withoutComponents,
    served: (path) => (path.startsWith('public/') ? path.slice('public'.length) : undefined),
    notes,
  })
}

/** `/blog/` for the collection that `src/pages/blog/[...slug].astro` asks for. */
async function routesOf(files: ExportFiles): Promise<Map<string, string>> {
  const routes = new Map<string, string>()
  for (const path of files.list()) {
    const folder = /^src\/pages\/(.*?)\[[^\]]+\](?:\/index)?\.astro$/.exec(path)?.[1]
    if (folder === undefined || folder.includes('[')) continue
    const code = (await files.read(path)).toString('utf8')
    for (const [, name] of code.matchAll(/getCollection\(\s*["'`]([\w-]+)["'`]/g))
      if (name !== undefined && !/tag|categor|page/i.test(folder)) routes.set(name, `/${folder}`)
  }
  return routes
}

/** MDX: what is imported goes, and components stay in the text for their author to say otherwise. */
function withoutComponents(text: string, {tell}: TemplateContext): string {
  let fence = ''
  return text
    .split('\n')
    .map((line, n) => {
      const [mark = ''] = /^\s*(?:`{3,}|~{3,})/.exec(line) ?? []
      if (mark !== '') fence = fence === '' ? mark.trim() : line.trim().startsWith(fence) ? '' : fence
      if (fence !== '' || mark !== '') return line
      if (/^(?:import\s.+from\s+["']|import\s+["']|export\s+(?:const|default|function)\s)/.test(line)) {
        tell('left', n + 1, `${clip(line)} was left out`)
        return ''
      }
      const component = /<([A-Z][\w.]*)/.exec(line)?.[1]
      if (component === undefined || /`[^`]*<[A-Z]/.test(line)) return line
      tell('left', n + 1, `the component ${component} stays in the text`)
      return line.replaceAll(/<(?=\/?[A-Z][\w.]*[\s/>])/g, String.raw`\<`)
    })
    .join('\n')
}

async function textOf(files: ExportFiles, paths: string[]): Promise<string> {
  const path = paths.find((one) => files.list().includes(one))
  return path === undefined ? '' : (await files.read(path)).toString('utf8')
}

/** The text that code gives a name: `site: 'https://…'`, `const SITE_TITLE = "…"`. */
function assigned(code: string, name: string): string | undefined {
  return new RegExp(String.raw`\b${name}\s*[:=]\s*(["'\`])([^"'\`]*)\1`).exec(code)?.[2]
}
