import type {ContentsModel, HeadModel, ImageModel, LinkModel, SeriesModel} from '@broadside/theme'
import {normaliseAddress} from './addresses.ts'
import {contentsOf} from './contents-of.ts'
import {audioOf, imageOf} from './meta-files.ts'
import {addressOf, twinOf} from './place.ts'
import {cardOf} from './post-cards.ts'
import {cardImage} from './preview-card.ts'
import {relatedTo, relatedWindow} from './related.ts'
import {renderBody} from './render-body.ts'
import {redirectEnd} from './redirect-end.ts'
import {contentAt} from './resolve-ref.ts'
import {placeInSeries, seriesParts} from './series.ts'
import type {SiteContext} from './site-context.ts'
import {postData, websiteData} from './structured-data.ts'
import type {LivePage, LivePost} from './site-view.ts'
import {termsOf} from './term-key.ts'

/** The newest is shown large, the others below it; the archive has the rest. */
const frontPosts = 21
const frontTags = 30

/** What the browser's tab says: the page, then the site. */
export function headOf(
  context: SiteContext,
  about: {
    address: string
    title?: string
    description?: string
    kind?: HeadModel['kind']
    robots?: string
    image?: ImageModel | undefined
    structured?: object | undefined
  },
): HeadModel {
  const {settings} = context.view
  return {
    title: about.title === undefined ? settings.title : `${about.title} – ${settings.title}`,
    description: about.description || settings.description || settings.tagline || settings.title,
    canonicalUrl: context.urls.absolute(about.address),
    kind: about.kind ?? 'website',
    ...(about.title === undefined ? {} : {heading: about.title}),
    ...(about.image === undefined ? {} : {image: about.image}),
    ...(about.structured === undefined ? {} : {structured: about.structured}),
    ...(context.view.site.isPreview ? {robots: 'noindex'} : about.robots === undefined ? {} : {robots: about.robots}),
  }
}

export async function buildFront(context: SiteContext): Promise<string> {
  const {view, theme, site, urls} = context
  const [featured, ...posts] = (await view.newest({kind: 'all'}, frontPosts)).map((post) => cardOf(context, post))
  const tags = await view.terms('tag', frontTags)
  return theme.render('front', {
    site,
    page: headOf(context, {address: '/', structured: websiteData(context)}),
    ...(featured === undefined ? {} : {featured}),
    posts,
    tags: tags.map(({key, label}) => ({
      label,
      url: urls.path(addressOf({kind: 'list', shelf: {kind: 'tag', key}, period: ''})),
    })),
  })
}

/** What authors put at `address`, undefined when nothing is there. */
export async function buildContent(context: SiteContext, address: string): Promise<string | undefined> {
  const content = await contentAt(context.view, address)
  if (content === undefined) return undefined
  if (content.kind === 'post') return buildPost(context, content.post)
  if (content.kind === 'page') return buildStanding(context, content.page)
  return buildRedirect(context, address, await redirectEnd(context.view, content.to))
}

async function buildPost(context: SiteContext, post: LivePost): Promise<string> {
  const {view, theme, site} = context
  const neighbours = await view.neighbours(post, relatedWindow)
  const [newer, older] = [neighbours.newer[0], neighbours.older[0]]
  const series = await seriesModel(context, post)
  const card = cardOf(context, post)
  const image = await imageOf(context, post)
  const preview = image ?? cardImage(view, context.urls, post)
  const audio = await audioOf(context, post)
  const head = headOf(context, {
    address: post.address,
    title: post.meta.title,
    description: card.excerpt,
    kind: 'article',
    image: preview,
    structured: postData(context, post, preview),
  })
  return theme.render('post', {
    site,
    page: {
      ...head,
      canonicalUrl: post.meta.canonical ?? head.canonicalUrl,
      markdownUrl: context.urls.path(twinOf(post.address)),
    },
    post: {
      ...card,
      ...(image === undefined ? {} : {image}),
      ...(audio === undefined ? {} : {audio: {url: audio.url, type: audio.type}}),
      html: await renderBody(view, post, 'web'),
      contents: await contentsModel(context, post),
      ...(newer === undefined ? {} : {newer: linkTo(context, newer)}),
      ...(older === undefined ? {} : {older: linkTo(context, older)}),
      ...(series === undefined ? {} : {series}),
      related: relatedTo(post, neighbours).map((other) => cardOf(context, other)),
    },
  })
}

async function seriesModel(context: SiteContext, post: LivePost): Promise<SeriesModel | undefined> {
  const [own] = termsOf(post, 'series')
  if (own === undefined) return undefined
  const term = await context.view.term('series', own.key)
  const {previous, next} = placeInSeries(await seriesParts(context.view, own.key), post.id)
  return {
    label: term?.label ?? own.label,
    url: context.urls.path(addressOf({kind: 'series', key: own.key})),
    ...(post.meta.series?.order === undefined ? {} : {part: post.meta.series.order}),
    ...(previous === undefined ? {} : {previous: linkTo(context, previous)}),
    ...(next === undefined ? {} : {next: linkTo(context, next)}),
  }
}

async function contentsModel({view}: SiteContext, source: LivePost | LivePage): Promise<ContentsModel | undefined> {
  if (source.meta.contents !== true) return undefined
  const fragment = await view.fragment(source.fragmentKey)
  return fragment === undefined ? undefined : contentsOf(fragment.headings)
}

function linkTo(context: SiteContext, post: LivePost): LinkModel {
  return {label: post.meta.title, url: context.urls.path(post.address)}
}

async function buildStanding(context: SiteContext, page: LivePage): Promise<string> {
  const {title, description, canonical} = page.meta
  const head = headOf(context, {
    address: page.address,
    title,
    image: await imageOf(context, page),
    ...(description === undefined ? {} : {description}),
  })
  return context.theme.render('page', {
    site: context.site,
    page: {...head, canonicalUrl: canonical ?? head.canonicalUrl},
    heading: title,
    html: await renderBody(context.view, page, 'web'),
    contents: await contentsModel(context, page),
  })
}

/** `to` is an address of this site that is no redirect, or an absolute URL. */
function buildRedirect(context: SiteContext, address: string, to: string): string {
  const suffix = /[?#].*$/.exec(to)?.[0] ?? ''
  const target = to.startsWith('/') ? context.urls.absolute(normaliseAddress(to)) + suffix : to
  const page = {
    ...headOf(context, {address, title: context.words('moved'), robots: 'noindex'}),
    canonicalUrl: target,
  }
  return context.theme.render('redirect', {site: context.site, page, target})
}

/** At the address of a post that was live once: it tells readers, and keeps programs from coming back. */
export function buildGone(context: SiteContext, address: string): string {
  const page = headOf(context, {address, title: context.words('gone'), robots: 'noindex'})
  return context.theme.render('gone', {site: context.site, page})
}

/** The one page that is served for every address the site does not have. */
export function buildNotFound(context: SiteContext): string {
  const page = headOf(context, {
    address: addressOf({kind: 'not-found'}),
    title: context.words('not-found'),
    robots: 'noindex',
  })
  return context.theme.render('not-found', {site: context.site, page})
}
