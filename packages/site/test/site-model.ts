import {createHash} from 'node:crypto'
import {defaultSettings, type Instant, type PostMeta, type SiteSettings} from '@broadside/content'
import {type Fragment, fragmentKey, type MarkdownOptions, renderFragment} from '@broadside/markdown'
import {type AssetFile, createArrayView, livePage, livePost, type Redirect, type SiteView} from '../src/index.ts'

export type PostState = {
  path: string
  slug: string
  title: string
  date: Instant
  updated?: Instant
  tags: string[]
  authors: string[]
  series?: {name: string; order?: number}
  image?: string
  language?: string
  audio?: {src: string}
  contents?: true
  body: string
  live: boolean
  /** Where its addresses lead while it is not live. */
  redirectTo?: string
  /** What memory keeps: every address it was live at. */
  formerAddresses: string[]
}

export type PageState = {slug: string; title: string; body: string}

/** A site as its author sees it, and what memory adds. */
export type SiteState = {
  settings: SiteSettings
  themeFiles: Map<string, string>
  posts: Map<string, PostState>
  pages: Map<string, PageState>
  /** Path to content. */
  files: Map<string, string>
  redirects: Redirect[]
}

export function at(text: string): Instant {
  return Date.parse(text)
}

export function settingsOf(about: Partial<SiteSettings> = {}): SiteSettings {
  return {...defaultSettings('notes'), title: 'Notes', tagline: 'From the field', timezone: 'Europe/Berlin', ...about}
}

export function siteState(about: Partial<SiteState> = {}): SiteState {
  return {
    settings: settingsOf(),
    themeFiles: new Map(),
    posts: new Map(),
    pages: new Map(),
    files: new Map(),
    redirects: [],
    ...about,
  }
}

export function post(about: Partial<PostState> & {slug: string}): PostState {
  return {
    path: `posts/${about.slug}.md`,
    title: `About ${about.slug}`,
    date: at('2026-11-02T08:00:00Z'),
    tags: [],
    authors: [],
    body: 'A first paragraph.',
    live: true,
    formerAddresses: [],
    ...about,
  }
}

export function idOf(name: string): string {
  return sha256(name).slice(0, 32)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const fragments = new Map<string, Fragment>()

/** A post's file; its body begins on line 4. */
function fileOf(body: string): string {
  return `---\ntitle: T\n---\n${body}`
}

function render(path: string, body: string, markdown: MarkdownOptions, bodyLine = 1): string {
  const key = fragmentKey(body, {file: path, markdown})
  if (!fragments.has(key)) fragments.set(key, renderFragment(body, {file: path, bodyLine, markdown}))
  return key
}

function metaOf(about: Partial<PostMeta> & Pick<PostMeta, 'title' | 'slug'>): PostMeta {
  return {draft: false, tags: [], authors: [], aliases: [], featured: false, newsletter: {}, ...about}
}

/** A file that says `photo 1600x900` is one, and large. */
function photoOf(content: string): Pick<AssetFile, 'size' | 'image'> {
  const [, width, height] = /^photo (\d+)x(\d+)/.exec(content) ?? []
  if (width === undefined) return {size: content.length}
  const shown = {format: 'jpeg' as const, fixed: true, animated: false, sound: true}
  return {size: 1_000_000, image: {...shown, width: Number(width), height: Number(height)}}
}

/** The state as outputs see it. */
export function viewOf(state: SiteState, siteUrl = 'https://x.example/blog/'): SiteView {
  const {settings, themeFiles, redirects} = state
  const markdown = {language: settings.language, ...settings.markdown}
  const live = [...state.posts].filter(([, {live}]) => live)
  return createArrayView({
    settings,
    site: {name: 'notes', siteUrl, audienceUrl: 'https://x.example/letters/'},
    themeFiles,
    redirects,
    left: [...state.posts].flatMap(([id, {live, path, formerAddresses, redirectTo}]) =>
      live ? [] : [{id, path, addresses: formerAddresses, ...(redirectTo === undefined ? {} : {redirectTo})}],
    ),
    posts: live.map(
      ([
        id,
        {
          path,
          slug,
          title,
          date,
          updated,
          tags,
          authors,
          series,
          image,
          language,
          audio,
          contents,
          body,
          formerAddresses,
        },
      ]) => {
        const key = render(path, body, {...markdown, language: language ?? settings.language}, 4)
        const meta = metaOf({
          title,
          slug,
          tags,
          authors,
          ...(updated === undefined ? {} : {updated}),
          ...(series === undefined ? {} : {series}),
          ...(image === undefined ? {} : {image}),
          ...(audio === undefined ? {} : {audio}),
          ...(language === undefined ? {} : {language}),
          ...(contents === undefined ? {} : {contents}),
        })
        const fragment = fragments.get(key) ?? {excerpt: '', words: 0}
        return livePost({id, path, meta, date, settings, fragmentKey: key, fragment, formerAddresses})
      },
    ),
    pages: [...state.pages].map(([path, {slug, title, body}]) =>
      livePage({path, meta: metaOf({title, slug}), fragmentKey: render(path, body, markdown), formerAddresses: []}),
    ),
    assets: [...state.files].map(([path, content]) => ({path, hash: sha256(content), ...photoOf(content)})),
    fragments,
    sources: new Map(live.map(([id, {body}]) => [id, fileOf(body)])),
  })
}
