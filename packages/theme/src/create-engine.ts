import {Liquid, type Template} from 'liquidjs'
import type {Words} from './create-words.ts'
import {KeptRenderTag} from './kept-render-tag.ts'
import {quickenTemplates} from './quicken-templates.ts'

export type EngineLimits = {
  /** Time for one page; a page of the default theme takes a millisecond or two. */
  renderMs: number
  /** LiquidJS's count of characters and items made while one page is rendered. */
  memory: number
}

/** Named arguments reach a filter as pairs: `'updated' | t: date: x` gives `['date', x]`. */
function paramsOf(args: unknown[]): Record<string, string | number> {
  const pairs = args.filter((arg): arg is [string, unknown] => Array.isArray(arg) && arg.length === 2)
  return Object.fromEntries(pairs.map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]))
}

const refuse = (why: string) => () => {
  throw new Error(why)
}

/**
 * LiquidJS over templates that are strings: nothing is read from disk, what is printed is escaped unless `| raw`,
 * unknown variables and filters are errors, and equal input gives equal bytes (no clock, no chance, no local timezone).
 */
export function createEngine(templates: ReadonlyMap<string, string>, words: Words, limits: EngineLimits): Liquid {
  const engine = new Liquid({
    templates: Object.assign(Object.create(null), Object.fromEntries(templates)),
    extname: '.liquid',
    cache: quickened(),
    outputEscape: 'escape',
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    timezoneOffset: 0,
    preserveTimezones: true,
    parseLimit: 1_000_000,
    renderLimit: limits.renderMs,
    memoryLimit: limits.memory,
  })
  engine.registerTag('render', KeptRenderTag)
  engine.registerFilter('t', (key: unknown, ...args: unknown[]) => words(String(key), paramsOf(args)))
  engine.registerFilter('is_page', (url: unknown, canonicalUrl: unknown) => isPage(String(url), String(canonicalUrl)))
  engine.registerFilter('link', (url: unknown) => safeLink(String(url)))
  engine.registerFilter('data_block', dataBlock)
  engine.registerFilter('css_text', (text: unknown) => String(text).replace(/[^\p{L}\p{N} .,–-]/gu, cssEscape))
  engine.registerFilter('host', (url: unknown) => URL.parse(String(url))?.host || String(url))
  engine.registerFilter('sample', refuse('the filter "sample" chooses by chance, and pages must come out equal'))
  const date = engine.filters['date']
  const builtInDate = typeof date === 'function' ? date : date?.handler
  engine.registerFilter('date', function (this, value: unknown, ...rest: unknown[]) {
    if (value === 'now' || value === 'today') throw new Error(`pages know no clock: "${value}" cannot be printed`)
    return builtInDate?.call(this, value, ...rest)
  })
  return engine
}

/** Templates as they were parsed, each quickened before it is printed first. */
function quickened() {
  const known = new Map<string, Template[] | Promise<Template[]>>()
  return {
    read: (name: string) => known.get(name),
    write(name: string, templates: Template[] | Promise<Template[]>) {
      if (Array.isArray(templates)) quickenTemplates(templates)
      known.set(name, templates)
    },
    remove: (name: string) => void known.delete(name),
  }
}

function cssEscape(sign: string): string {
  return `\\${sign.codePointAt(0)?.toString(16)} `
}

/** JSON that can stand in a script element: no `<` that could end it, and no line that older parsers break at. */
function dataBlock(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Whether a link of the navigation, relative or not, leads to the page it stands on. */
function isPage(url: string, canonicalUrl: string): boolean {
  return URL.canParse(url, canonicalUrl) && new URL(url, canonicalUrl).href === canonicalUrl
}

/** A link's address as it is, or `#` where its scheme would run code or embed a document. */
function safeLink(url: string): string {
  // Browsers skip spaces, tabs and control characters when they read a scheme.
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.replace(/[\p{Cc} ]/gu, ''))?.[1]?.toLowerCase()
  return scheme === undefined || ['http', 'https', 'mailto', 'tel'].includes(scheme) ? url : '#'
}
