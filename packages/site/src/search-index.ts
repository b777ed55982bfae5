import {joinFragment} from '@broadside/markdown/join-fragment'
import {
  createSegmentBuilder,
  searchEntry,
  searchText,
  entryName,
  type SearchFile,
  type SearchSegment,
} from '@broadside/search'
import {keyOf} from './addresses.ts'
import type {BuiltOutput, SiteChanges} from './output.ts'
import {addressOf} from './place.ts'
import {cardOf} from './post-cards.ts'
import {seriesOf} from './shelves.ts'
import {siteContext, themeOf, type SiteContext} from './site-context.ts'
import type {LivePage, LivePost, Period, SiteView} from './site-view.ts'

/** What one segment of a search index holds: the posts of a period (`''` all of them), or `pages`. */
export type SearchPeriod = Period

/** A period with more posts than this is searched in parts, so that a change makes few posts be read again. */
const postsPerSegment = 1_000

/**
 * The segments of a view's index, in the order in which they are searched: newest first, pages last. A period of more
 * than `most` posts is parted into its years, months or days.
 */
export async function searchPeriods(view: SiteView, most = postsPerSegment): Promise<SearchPeriod[]> {
  if (view.settings.search === false) return []
  const periods: SearchPeriod[] = []
  for await (const period of periodsWithin(view, '', most)) periods.push(period)
  return [...periods, 'pages']
}

async function* periodsWithin(view: SiteView, period: Period, most: number): AsyncIterable<Period> {
  const isDay = period.length === '2026-11-02'.length
  if (isDay || (await view.count({kind: 'all'}, period)) <= most) {
    yield period
    return
  }
  for (const part of await view.periodsOf({kind: 'all'}, period)) yield* periodsWithin(view, part.period, most)
}

/**
 * Of the periods of `after` those whose segment may differ from that of the same period in `before`. A segment follows
 * from its own posts or pages and from the settings, and from nothing else.
 */
export async function touchedPeriods(
  before: SiteView,
  after: SiteView,
  changes: SiteChanges,
  most = postsPerSegment,
): Promise<Set<SearchPeriod>> {
  const periods = await searchPeriods(after, most)
  if (changes.settings) return new Set(periods)
  const touched = new Set<SearchPeriod>(changes.pages.length > 0 ? ['pages'] : [])
  for (const id of changes.posts) {
    for (const post of [await before.post(id), await after.post(id)]) {
      const period = periods.find((period) => period !== 'pages' && post?.day.startsWith(period) === true)
      if (period !== undefined) touched.add(period)
    }
  }
  return touched
}

/**
 * The index of one period. `pause` is awaited after each post and each file, so that it can give way to others, or throw
 * to stop.
 */
export async function buildSearchSegment(
  view: SiteView,
  period: SearchPeriod,
  pause: () => Promise<void> | void = () => {},
): Promise<{segment: SearchSegment; files: SearchFile[]}> {
  const context = await siteContext(view, themeOf(view))
  const builder = createSegmentBuilder()
  if (period === 'pages') {
    for (const page of await allPages(view)) {
      builder.add(searchText(await pageText(context, page)))
      await pause()
    }
  } else {
    for (const post of await view.inPeriod({kind: 'all'}, period)) {
      builder.add(searchText(await postText(context, post)))
      await pause()
    }
  }
  const files = new Map<string, SearchFile>()
  const made = builder.files()
  for (;;) {
    const next = made.next()
    if (next.done === true) return {segment: next.value, files: [...files.values()]}
    files.set(next.value.name, next.value)
    await pause()
  }
}

async function allPages(view: SiteView): Promise<LivePage[]> {
  const pages: LivePage[] = []
  for await (const page of view.pages()) pages.push(page)
  return pages.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function postText(context: SiteContext, post: LivePost) {
  const {title, url, date, excerpt, tags, authors} = cardOf(context, post)
  const names = [...tags.map(({label}) => label), ...authors.map(({name}) => name)]
  names.push(...seriesOf(post).map(({key}) => key))
  return {title, url, date: date.text, excerpt, names, ...(await bodyText(context.view, post))}
}

async function pageText(context: SiteContext, page: LivePage) {
  const {title, description = ''} = page.meta
  const url = context.urls.path(page.address)
  return {title, url, date: '', excerpt: description, names: [], ...(await bodyText(context.view, page))}
}

async function bodyText(view: SiteView, {fragmentKey}: LivePost | LivePage) {
  const fragment = await view.fragment(fragmentKey)
  if (fragment === undefined) return {headings: [], html: ''}
  const headings = fragment.headings.map(({text}) => text)
  return {headings, html: joinFragment(fragment, () => undefined, 'feed')}
}

/** A file of the index as it is put: the entry is asked for each time, the others are named by what is in them. */
export function searchFile({name, body}: SearchFile): BuiltOutput & {body: Uint8Array} {
  const address = addressOf({kind: 'search-file', name})
  const contentType = 'application/json; charset=utf-8'
  const cacheControl = name === entryName ? 'public, max-age=0, must-revalidate' : 'public, max-age=31536000, immutable'
  return {address, key: keyOf(address), headers: {contentType, cacheControl}, body: new TextEncoder().encode(body)}
}

/** The whole index of a view, segment by segment, the entry last; nothing where the site wants no search. */
export async function* buildSearchIndex(view: SiteView): AsyncIterable<BuiltOutput & {body: Uint8Array}> {
  const segments: SearchSegment[] = []
  const named = new Set<string>()
  const periods = await searchPeriods(view)
  for (const period of periods) {
    const {segment, files} = await buildSearchSegment(view, period)
    segments.push(segment)
    for (const file of files) {
      if (named.has(file.name)) continue
      named.add(file.name)
      yield searchFile(file)
    }
  }
  if (periods.length > 0) yield searchFile(searchEntry(segments))
}
