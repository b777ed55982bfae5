import {headOf} from './build-page.ts'
import {addressOf} from './place.ts'
import {cardOf} from './post-cards.ts'
import {seriesParts} from './series.ts'
import type {SiteContext} from './site-context.ts'

/** The page of a series, its parts in the order to read them; undefined where no live post is part of it. */
export async function buildSeries(context: SiteContext, key: string): Promise<string | undefined> {
  const {view, theme, site} = context
  const term = await view.term('series', key)
  if (term === undefined) return undefined
  const parts = await seriesParts(view, key)
  return theme.render('series', {
    site,
    page: headOf(context, {address: addressOf({kind: 'series', key}), title: term.label}),
    series: term.label,
    count: term.count,
    posts: parts.map((post) => cardOf(context, post)),
  })
}
