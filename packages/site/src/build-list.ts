import type {LinkModel, SiteModel, YearGroupModel} from '@broadside/theme'
import {headOf} from './build-page.ts'
import {feedLinks} from './feed-links.ts'
import {isExpanded, listExists, listLimit} from './lists.ts'
import {addressOf} from './place.ts'
import {authorOf, cardOf} from './post-cards.ts'
import type {SiteContext} from './site-context.ts'
import type {LivePost, Period, PeriodCount, ListShelf} from './site-view.ts'

/** The page of a period of the archive, a tag or an author; undefined where `listExists` says no. */
export async function buildList(context: SiteContext, shelf: ListShelf, period: Period): Promise<string | undefined> {
  if (!(await listExists(context.view, shelf, period))) return undefined
  const count = await context.view.count(shelf, period)
  const expanded = isExpanded(shelf, period, count)
  const posts = await postsOf(context, shelf, period, expanded)
  const parts = expanded ? await context.view.periodsOf(shelf, period) : []
  return shelf.kind === 'all'
    ? buildArchive(context, period, posts, parts)
    : buildTerm(context, {kind: shelf.kind, key: shelf.key}, {period, count, posts, parts})
}

/** A period that has pages for its parts leaves the posts to them; a whole shelf shows its newest all the same. */
function postsOf(context: SiteContext, shelf: ListShelf, period: Period, expanded: boolean): Promise<LivePost[]> {
  if (!expanded) return context.view.inPeriod(shelf, period)
  return period === '' ? context.view.newest(shelf, listLimit) : Promise.resolve([])
}

function buildArchive(context: SiteContext, period: Period, posts: LivePost[], parts: PeriodCount[]): string {
  const shelf = {kind: 'all'} as const
  const label = periodLabel(context, period)
  const title = period === '' ? context.words('archive') : context.words('archive.year', {year: label})
  return context.theme.render('archive', {
    site: context.site,
    page: headOf(context, {address: addressOf({kind: 'list', shelf, period}), title}),
    years: parts.map((part) => ({
      year: periodLabel(context, part.period),
      url: context.urls.path(addressOf({kind: 'list', shelf, period: part.period})),
      count: part.count,
    })),
    ...(period === '' ? {} : {year: label}),
    posts: posts.map((post) => cardOf(context, post)),
  })
}

type TermList = {period: Period; count: number; posts: LivePost[]; parts: PeriodCount[]}

async function buildTerm(
  context: SiteContext,
  shelf: {kind: 'tag' | 'author'; key: string},
  list: TermList,
): Promise<string | undefined> {
  const term = await context.view.term(shelf.kind, shelf.key)
  if (term === undefined) return undefined
  const author = authorOf(context, term)
  const name = shelf.kind === 'author' ? author.name : term.label
  const label = periodLabel(context, list.period)
  const site: SiteModel = {...context.site, feeds: [...feedLinks(context.urls, shelf, name), ...context.site.feeds]}
  const years: LinkModel[] = list.parts.map((part) => ({
    label: periodLabel(context, part.period),
    url: context.urls.path(addressOf({kind: 'list', shelf, period: part.period})),
  }))
  const model = {
    site,
    page: headOf(context, {
      address: addressOf({kind: 'list', shelf, period: list.period}),
      title: list.period === '' ? name : `${name}, ${label}`,
    }),
    count: list.count,
    years,
    groups: groupsOf(context, list.posts),
  }
  return shelf.kind === 'tag'
    ? context.theme.render('tag', {...model, tag: term.label})
    : context.theme.render('author', {...model, author})
}

/** By year, newest first, as the posts come. */
function groupsOf(context: SiteContext, posts: LivePost[]): YearGroupModel[] {
  const groups = Map.groupBy(posts, ({day}) => day.slice(0, 4))
  return [...groups].map(([year, own]) => ({year, posts: own.map((post) => cardOf(context, post))}))
}

/** `2026`, `November 2026`, `2 November 2026`, in the site's language. A period is days on a calendar, not instants. */
function periodLabel(context: SiteContext, period: Period): string {
  const [year, month, day] = period.split('-').map(Number)
  if (year === undefined || month === undefined) return period
  return formatOf(context.view.settings.language, day !== undefined).format(Date.UTC(year, month - 1, day ?? 1))
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one costs far more than using it, and a site has one language. */
function formatOf(language: string, withDay: boolean): Intl.DateTimeFormat {
  const key = `${language} ${withDay}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const day = withDay ? ({day: 'numeric'} as const) : {}
  const made = new Intl.DateTimeFormat(language, {timeZone: 'UTC', year: 'numeric', month: 'long', ...day})
  formats.set(key, made)
  return made
}
