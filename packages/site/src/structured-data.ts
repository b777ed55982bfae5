import type {ImageModel} from '@broadside/theme'
import {addressOf} from './place.ts'
import {authorOf} from './post-cards.ts'
import type {SiteContext} from './site-context.ts'
import type {LivePost} from './site-view.ts'
import {termsOf} from './term-key.ts'

const context = 'https://schema.org'

/** JSON-LD of the front page: the site itself. */
export function websiteData({view, urls}: SiteContext): object {
  const {title, description, tagline, language} = view.settings
  const url = urls.absolute('/')
  return {
    '@context': context,
    '@type': 'WebSite',
    '@id': url,
    url,
    name: title,
    ...(description || tagline ? {description: description || tagline} : {}),
    inLanguage: language,
  }
}

/** JSON-LD of a post: the post, and the way to it from the front page. */
export function postData(site: SiteContext, post: LivePost, image: ImageModel | undefined): object {
  const {view, urls} = site
  const url = urls.absolute(post.address)
  const home = urls.absolute('/')
  const authors = termsOf(post, 'author').map((term) => {
    const address = addressOf({kind: 'list', shelf: {kind: 'author', key: term.key}, period: ''})
    return {'@type': 'Person', name: authorOf(site, term).name, url: urls.absolute(address)}
  })
  const keywords = termsOf(post, 'tag').map(({label}) => label)
  const article = {
    '@type': 'BlogPosting',
    '@id': url,
    url,
    mainEntityOfPage: url,
    headline: post.meta.title,
    description: post.meta.description ?? post.excerpt,
    datePublished: new Date(post.date).toISOString(),
    dateModified: new Date(Math.max(post.date, post.updated ?? post.date)).toISOString(),
    inLanguage: post.meta.language ?? view.settings.language,
    wordCount: post.words,
    isPartOf: {'@id': home},
    // Search engines ask for an author, and a post without one is the site's.
    author: authors.length > 0 ? authors : [{'@type': 'Organization', name: view.settings.title, url: home}],
    publisher: {'@type': 'Organization', name: view.settings.title, url: home},
    ...(keywords.length > 0 ? {keywords} : {}),
    ...(image === undefined ? {} : {image: image.url}),
  }
  const trail = [
    {name: view.settings.title, item: home},
    {name: site.words('archive'), item: urls.absolute(addressOf({kind: 'list', shelf: {kind: 'all'}, period: ''}))},
    {name: post.meta.title, item: url},
  ]
  const steps = trail.map((step, index) => ({'@type': 'ListItem', position: index + 1, ...step}))
  return {'@context': context, '@graph': [article, {'@type': 'BreadcrumbList', itemListElement: steps}]}
}
