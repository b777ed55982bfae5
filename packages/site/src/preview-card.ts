import {cardOrder, cardSize, cardText, type CardFacts, type CardOrder} from '@broadside/images'
import {formatDate, type ImageModel} from '@broadside/theme'
import type {Urls} from './addresses.ts'
import {addressOf, type Place} from './place.ts'
import {authorName} from './post-cards.ts'
import type {LivePost, SiteView} from './site-view.ts'
import {termsOf} from './term-key.ts'

/** The default theme's light colours; a site's own count where they are written as `#rgb` or `#rrggbb`. */
const colours = {paper: '#fbfcfa', ink: '#151a17', muted: '#58615b', line: '#d5dbd6', accent: '#0b6b4b'}

/**
 * The card of a post: where the site wants cards, the post has no image of its own, and the fonts have its letters. It
 * follows from the post and the settings alone.
 */
function orderFor(view: SiteView, post: LivePost): CardOrder | undefined {
  const {settings} = view
  if (settings.cards !== true || post.meta.image !== undefined) return undefined
  const authors = termsOf(post, 'author').map((term) => authorName(view, term))
  const title = cardText(post.meta.title, 160)
  const site = cardText(settings.title, 60)
  const by = cardText(authors.join(', '), 60)
  const date = cardText(formatDate(post.date, settings.language, settings.timezone).text, 40)
  if (title === undefined || title === '' || site === undefined || by === undefined || date === undefined)
    return undefined
  return cardOrder({title, site, by, date, ...coloursOf(settings.theme.variables)})
}

function coloursOf(variables: Record<string, string>): Omit<CardFacts, 'title' | 'site' | 'by' | 'date'> {
  const colour = (name: keyof typeof colours) => {
    const own = Object.hasOwn(variables, name) ? variables[name]?.trim() : undefined
    return own !== undefined && /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(own) ? own : colours[name]
  }
  const [paper, ink, muted] = [colour('paper'), colour('ink'), colour('muted')]
  return {paper, ink, muted, line: colour('line'), accent: colour('accent')}
}

function addressFor(post: LivePost, {source}: CardOrder): string {
  return addressOf({kind: 'card', of: post.address, hash: source.slice(0, 12)})
}

/** The address of a post's card, where it has one. */
export function cardAddresses(view: SiteView, post: LivePost): string[] {
  const order = orderFor(view, post)
  return order === undefined ? [] : [addressFor(post, order)]
}

/** What is to be drawn for an address; undefined when the post there has another card, or none. */
export async function cardAt(
  view: SiteView,
  {of, hash}: Pick<Extract<Place, {kind: 'card'}>, 'of' | 'hash'>,
): Promise<CardOrder | undefined> {
  const post = await view.postAt(of)
  const order = post === undefined ? undefined : orderFor(view, post)
  return order?.source.startsWith(hash) === true ? order : undefined
}

/** The card as previews elsewhere are told of it. */
export function cardImage(view: SiteView, urls: Urls, post: LivePost): ImageModel | undefined {
  const order = orderFor(view, post)
  return order && {url: urls.absolute(addressFor(post, order)), alt: order.card.title, ...cardSize}
}
