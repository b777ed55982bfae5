import {createTheme, type SiteModel, type Theme, type Words} from '@broadside/theme'
import {createUrls, normaliseAddress, type Urls} from './addresses.ts'
import {contentPolicy} from './content-policy.ts'
import {feedLinks} from './feed-links.ts'
import {addressOf} from './place.ts'
import {existsAt} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'

/** What every page of a view shares. */
export type SiteContext = {view: SiteView; theme: Theme; urls: Urls; words: Words; site: SiteModel}

const contexts = new WeakMap<SiteView, {theme: Theme; context: Promise<SiteContext>}>()

/** Made once for a view and theme, since a full publish asks for it with every page. */
export function siteContext(view: SiteView, theme: Theme): Promise<SiteContext> {
  const known = contexts.get(view)
  if (known?.theme === theme) return known.context
  const context = createContext(view, theme)
  contexts.set(view, {theme, context})
  // What failed for a reason outside may work next time.
  context.catch(() => contexts.delete(view))
  return context
}

async function createContext(view: SiteView, theme: Theme): Promise<SiteContext> {
  const {settings} = view
  const urls = createUrls(view.site.siteUrl)
  const site: SiteModel = {
    title: settings.title,
    tagline: settings.tagline,
    description: settings.description,
    language: settings.language,
    homeUrl: urls.path('/'),
    stylesheetUrl: urls.path(addressOf({kind: 'stylesheet', name: theme.stylesheet.name})),
    navigation: await navigationOf(view, urls),
    feeds: view.site.isPreview ? [] : feedLinks(urls, {kind: 'all'}),
    policy: contentPolicy(view.settings.newsletter.enabled ? view.site.audienceUrl : undefined),
    archiveUrl: urls.path(addressOf({kind: 'list', shelf: {kind: 'all'}, period: ''})),
  }
  if (settings.search !== false) site.searchUrl = urls.path(addressOf({kind: 'search'}))
  if (settings.newsletter.enabled && !view.site.isPreview)
    site.subscribe = {action: new URL('subscribe', view.site.audienceUrl).href, site: view.site.name}
  return {view, theme, urls, words: theme.words, site}
}

/** The addresses of this site that its navigation names: what comes or goes at one of them changes every page. */
export function navigationAddresses(view: SiteView): string[] {
  return view.settings.navigation.flatMap(({url}) => (isOutside(url) ? [] : [normaliseAddress(url)]))
}

/** Links that lead nowhere now are left out: navigation may name a page before it is written. */
async function navigationOf(view: SiteView, urls: Urls) {
  const links: SiteModel['navigation'] = []
  for (const {label, url} of view.settings.navigation) {
    if (isOutside(url)) links.push({label, url})
    else if (await existsAt(view, normaliseAddress(url)))
      links.push({label, url: urls.path(normaliseAddress(url)) + (/[?#].*$/.exec(url)?.[0] ?? '')})
  }
  return links
}

function isOutside(url: string): boolean {
  return /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url)
}

const themes = new WeakMap<SiteView, Theme>()

/** The theme of a view's settings and files, made once; throws what `createTheme` throws. */
export function themeOf(view: SiteView): Theme {
  const known = themes.get(view)
  if (known !== undefined) return known
  const {language, theme} = view.settings
  const made = createTheme({language, variables: theme.variables, overrides: view.themeFiles})
  themes.set(view, made)
  return made
}
