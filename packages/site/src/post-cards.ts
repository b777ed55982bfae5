import {type AuthorModel, type CardModel, formatDate} from '@broadside/theme'
import {addressOf} from './place.ts'
import type {SiteContext} from './site-context.ts'
import type {LivePost, SiteView} from './site-view.ts'
import {termKey, termsOf} from './term-key.ts'

const wordsPerMinute = 220
/** Posts nearby in time are shown beside each other: on their pages, in lists of days, months and terms. */
const keptCards = 4096

const cards = new WeakMap<SiteContext, Map<string, CardModel>>()

/**
 * A post as lists show it. Needs no question to the view. The last few thousand are kept: a post is shown on some ten
 * pages, and the theme prints an object that it was given before as it did then.
 */
export function cardOf(context: SiteContext, post: LivePost): CardModel {
  const kept = cards.get(context) ?? new Map<string, CardModel>()
  cards.set(context, kept)
  const known = kept.get(post.id)
  if (known !== undefined) return known
  const card = makeCard(context, post)
  if (kept.size >= keptCards) kept.delete(kept.keys().next().value!)
  kept.set(post.id, card)
  return card
}

function makeCard(context: SiteContext, post: LivePost): CardModel {
  const {settings} = context.view
  const date = formatDate(post.date, settings.language, settings.timezone)
  const updated =
    post.updated === undefined || post.updated < post.date
      ? date
      : formatDate(post.updated, settings.language, settings.timezone)
  const {language} = post.meta
  return {
    title: post.meta.title,
    url: context.urls.path(post.address),
    date,
    // A correction on the day itself is no news.
    ...(updated.text === date.text ? {} : {updated}),
    excerpt: post.meta.description ?? post.excerpt,
    minutes: Math.max(1, Math.round(post.words / wordsPerMinute)),
    tags: termsOf(post, 'tag').map(({key, label}) => ({
      label,
      url: context.urls.path(addressOf({kind: 'list', shelf: {kind: 'tag', key}, period: ''})),
    })),
    authors: termsOf(post, 'author').map((term) => authorOf(context, term)),
    ...(language === undefined || language === settings.language ? {} : {language}),
  }
}

/** An author of a post: known to the settings by the key that posts use, or else just a name. */
export function authorOf(context: SiteContext, term: {key: string; label: string}): AuthorModel {
  const known = knownAuthor(context.view, term)
  return {
    name: authorName(context.view, term),
    ...(known?.role === undefined ? {} : {role: known.role}),
    ...(known?.url === undefined ? {} : {website: known.url}),
    url: context.urls.path(addressOf({kind: 'list', shelf: {kind: 'author', key: term.key}, period: ''})),
  }
}

/** What an author of a post is called. */
export function authorName(view: SiteView, term: {key: string; label: string}): string {
  return knownAuthor(view, term)?.name ?? term.label
}

function knownAuthor(view: SiteView, term: {key: string; label: string}) {
  const {authors} = view.settings
  if (Object.hasOwn(authors, term.label)) return authors[term.label]
  return Object.entries(authors).find(([name]) => termKey(name) === term.key)?.[1]
}
