import {searchScript} from '@broadside/search'
import {headOf} from './build-page.ts'
import {contentPolicy} from './content-policy.ts'
import {addressOf} from './place.ts'
import type {SiteContext} from './site-context.ts'

/** The page that searches, undefined where the site wants none. It alone runs a script, and one that is ours. */
export function buildSearchPage(context: SiteContext): string | undefined {
  const {view, theme, site, urls, words} = context
  if (view.settings.search === false) return undefined
  const address = addressOf({kind: 'search'})
  const policy = contentPolicy(view.settings.newsletter.enabled ? view.site.audienceUrl : undefined, {search: true})
  return theme.render('search', {
    site: {...site, policy},
    page: headOf(context, {address, title: words('search'), description: words('search.title')}),
    index: urls.path(address),
    script: urls.path(addressOf({kind: 'script', name: searchScript.name})),
  })
}
