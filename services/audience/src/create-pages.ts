import {defaultSettings, type SiteSettings} from '@broadside/content'
import {findSite, lastLiveRelease, openSiteView, type Ledger} from '@broadside/ledger'
import {BroadsideError, explain, type Logger} from '@broadside/runtime'
import {addressOf, createUrls, themeOf, type SiteView} from '@broadside/site'
import type {FieldModel, LinkModel} from '@broadside/theme'
import {audienceWords, type AudienceWords} from './audience-words.ts'
import {plainPage} from './plain-page.ts'

/** What a page says; a blank line parts paragraphs. With `action` it has a form that posts there. */
export type Page = {
  heading: string
  text: string
  action?: string
  fields?: FieldModel[]
  button?: string
  links?: LinkModel[]
  /** The only one that runs; ours, since themes have none. */
  script?: string
}

export type RenderedPage = {
  html: string
  /** Where styles, fonts and pictures may come from. */
  origin: string | undefined
  script?: string | undefined
}

export type Pages = {
  /**
   * A page of a site in its own look, or in none where there is no look yet.
   * @throws BroadsideError `site.unknown` (invalid).
   */
  render: (site: string, say: (words: AudienceWords) => Page) => Promise<RenderedPage>
  /** As `render`, and in no look at all, in English, when the ledger does not say what the site looks like. */
  renderAnyway: Pages['render']
  /** What a page of the site says, in its language. */
  words: <Said>(site: string, say: (words: AudienceWords) => Said) => Promise<Said>
  /** The site as its readers see it now; undefined before its first release. */
  viewOf: (site: string) => Promise<SiteView | undefined>
  /** A page of no site. */
  plain: (say: (words: AudienceWords) => Page) => RenderedPage
}

/** The service's pages, in the look that readers of the site see now. */
export function createPages(ledger: Ledger, log: Logger): Pages {
  const views = new Map<string, {release: number; view: SiteView}>()

  async function viewOf(site: string): Promise<SiteView | undefined> {
    const live = await lastLiveRelease(ledger.db, site)
    if (live === undefined) return undefined
    const known = views.get(site)
    if (known?.release === live.number) return known.view
    const view = await openSiteView(ledger.db, site, live.revision)
    views.set(site, {release: live.number, view})
    return view
  }

  const settingsOf = async (site: string) => (await viewOf(site))?.settings ?? defaultSettings(site)

  const wordsOf = ({language, title, newsletter}: SiteSettings) => audienceWords(language, newsletter.name ?? title)

  const pages: Pages = {
    viewOf,
    async words(site, say) {
      return say(wordsOf(await settingsOf(site)))
    },
    async render(site, say) {
      await findSite(ledger.db, site)
      const view = await viewOf(site)
      if (view === undefined) return unthemed(say(wordsOf(defaultSettings(site))), 'en')
      const {language} = view.settings
      const page = say(wordsOf(view.settings))
      try {
        const {script, ...shown} = page
        return {html: themed(view, shown), origin: new URL(view.site.siteUrl).origin, script}
      } catch (error) {
        // A theme that cannot be used must not keep anybody from leaving.
        log.warn({event: 'audience.theme', site, err: error}, `the theme cannot be used: ${explain(error)}`)
        return unthemed(page, language)
      }
    },
    plain: (say) => unthemed(say(audienceWords('en', 'this newsletter')), 'en'),
    async renderAnyway(site, say) {
      return pages.render(site, say).catch((error: unknown) => {
        if (error instanceof BroadsideError && error.code === 'site.unknown') throw error
        return pages.plain(say)
      })
    },
  }
  return pages
}

function themed(view: SiteView, page: Page): string {
  const {settings, site} = view
  const theme = themeOf(view)
  const urls = createUrls(site.siteUrl)
  const home = urls.absolute('/')
  return theme.render('form', {
    ...page,
    site: {
      title: settings.title,
      tagline: settings.tagline,
      description: settings.description,
      language: settings.language,
      homeUrl: home,
      stylesheetUrl: urls.absolute(addressOf({kind: 'stylesheet', name: theme.stylesheet.name})),
      navigation: [],
      feeds: [],
      archiveUrl: urls.absolute(addressOf({kind: 'list', shelf: {kind: 'all'}, period: ''})),
    },
    page: {
      title: `${page.heading} – ${settings.title}`,
      description: page.heading,
      // Never the address itself, which may hold somebody's token.
      canonicalUrl: home,
      robots: 'noindex',
      kind: 'website',
    },
  })
}

function unthemed(page: Page, language: string): RenderedPage {
  return {html: plainPage(page, language), origin: undefined, script: page.script}
}
