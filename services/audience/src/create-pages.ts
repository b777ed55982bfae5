import {defaultSettings, type SiteSettings} from '@broadside/content'
import {findSite, lastLiveRelease, openSiteView, type Ledger} from '@broadside/ledger'
import {explain, type Logger} from '@broadside/runtime'
import {addressOf, createUrls, themeOf, type SiteView} from '@broadside/site'
import type {FieldModel} from '@broadside/theme'
import {audienceWords, type AudienceWords} from './audience-words.ts'

/** What a page says; a blank line parts paragraphs. With `action` it has a form that posts there. */
export type Page = {heading: string; text: string; action?: string; fields?: FieldModel[]; button?: string}

export type RenderedPage = {
  html: string
  /** Where styles, fonts and pictures may come from. */
  origin: string | undefined
}

export type Pages = {
  /**
   * A page of a site in its own look, or in none where there is no look yet.
   * @throws BroadsideError `site.unknown` (invalid).
   */
  render: (site: string, say: (words: AudienceWords) => Page) => Promise<RenderedPage>
  /** What a page of the site says, in its language. */
  words: <Said>(site: string, say: (words: AudienceWords) => Said) => Promise<Said>
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

  return {
    async words(site, say) {
      return say(wordsOf(await settingsOf(site)))
    },
    async render(site, say) {
      await findSite(ledger.db, site)
      const view = await viewOf(site)
      if (view === undefined) return plainPage(say(wordsOf(defaultSettings(site))), 'en')
      const {language} = view.settings
      const page = say(wordsOf(view.settings))
      try {
        return {html: themed(view, page), origin: new URL(view.site.siteUrl).origin}
      } catch (error) {
        // A theme that cannot be used must not keep anybody from leaving.
        log.warn({event: 'audience.theme', site, err: error}, `the theme cannot be used: ${explain(error)}`)
        return plainPage(page, language)
      }
    },
    plain: (say) => plainPage(say(audienceWords('en', 'this newsletter')), 'en'),
  }
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

function plainPage({heading, text, action, fields = [], button}: Page, language: string): RenderedPage {
  const paragraphs = text.split('\n\n').map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
  const inputs = fields.map(({name, label = '', type, value = '', required}) => {
    const input = `<input type="${type}" name="${escapeHtml(name)}" value="${escapeHtml(value)}"${required === true ? ' required' : ''}>`
    return type === 'hidden' ? input : `<label>${escapeHtml(label)} ${input}</label>`
  })
  const form =
    action === undefined
      ? ''
      : `<form method="post" action="${escapeHtml(action)}">${inputs.join('\n')}<button>${escapeHtml(button ?? heading)}</button></form>`
  const html = `<!doctype html>
<html lang="${escapeHtml(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${escapeHtml(heading)}</title></head>
<body><main><h1>${escapeHtml(heading)}</h1>
${paragraphs.join('\n')}
${form}</main></body>
</html>
`
  return {html, origin: undefined}
}

function escapeHtml(text: string): string {
  const named: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}
  return text.replaceAll(/[&<>"']/g, (character) => named[character]!)
}
