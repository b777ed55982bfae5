import type {CardModel, HeadModel, Models, SiteModel} from './models.ts'

const site: SiteModel = {
  title: 'Sample site',
  tagline: 'A site to try templates on',
  description: 'A site to try templates on',
  language: 'en',
  homeUrl: '/',
  stylesheetUrl: '/_/style.css',
  navigation: [{label: 'About', url: '/about/'}],
  feeds: [{title: 'RSS', type: 'application/rss+xml', url: '/feed.xml'}],
  archiveUrl: '/archive/',
  searchUrl: '/search/',
  subscribe: {action: '/subscribe', site: 'sample'},
  policy: "default-src 'none'",
  footerText: 'The foot of the page',
}

const page: HeadModel = {
  title: 'Sample page',
  description: 'A page to try templates on',
  canonicalUrl: 'https://example.org/sample/',
  robots: 'noindex',
  kind: 'article',
  heading: 'Sample page',
  image: {url: 'https://example.org/image.png', alt: 'A sample', width: 1200, height: 630},
  markdownUrl: '/sample/index.md',
  structured: {'@context': 'https://schema.org', '@type': 'WebPage', name: 'Sample page'},
}

const card: CardModel = {
  title: 'Sample post',
  url: '/posts/sample/',
  date: {iso: '2026-01-02T09:00:00Z', text: 'January 2, 2026'},
  updated: {iso: '2026-01-03T09:00:00Z', text: 'January 3, 2026'},
  excerpt: 'How it begins.',
  minutes: 4,
  tags: [{label: 'Sample', url: '/tags/sample/'}],
  authors: [{name: 'Desk', role: 'Writes samples', url: '/authors/desk/', website: 'https://example.org/desk/'}],
  language: 'en',
}

const link = {label: 'Another post', url: '/posts/another/'}
const series = {label: 'Samples', url: '/series/samples/', part: 2, previous: link, next: link}
const contents = [{label: 'First', url: '#first', parts: [{label: 'Within', url: '#within'}]}]
const list = {count: 1, years: [{label: '2026', url: '/2026/'}], groups: [{year: '2026', posts: [card]}]}

/** One model for each template with everything filled in, to try an author's templates before they are used. */
export const sampleModels: Models = {
  front: {site, page, featured: card, posts: [card], tags: card.tags},
  post: {
    site,
    page,
    post: {
      ...card,
      html: '<p>How it begins.</p>',
      newer: link,
      older: link,
      series,
      image: page.image,
      audio: {url: '/talk.mp3', type: 'audio/mpeg'},
      contents,
      related: [card],
    },
  },
  page: {site, page, heading: 'About', html: '<p>Who we are.</p>', contents},
  tag: {site, page, tag: 'Sample', ...list},
  series: {site, page, series: 'Samples', count: 1, posts: [card]},
  author: {
    site,
    page,
    author: {name: 'Desk', role: 'Writes samples', url: '/authors/desk/', website: 'https://example.org/desk/'},
    ...list,
  },
  archive: {site, page, years: [{year: '2026', url: '/archive/2026/', count: 1}], year: '2026', posts: [card]},
  'not-found': {site, page},
  gone: {site, page},
  search: {site, page, index: '/search/', script: '/_/search.js'},
  redirect: {site, page, target: 'https://example.org/posts/sample/'},
  form: {
    site,
    page,
    heading: 'One more step',
    text: 'Press the button.\n\nThat is all.',
    action: '/confirm',
    fields: [
      {name: 'token', type: 'hidden', value: 'x'},
      {name: 'email', label: 'Mail address', type: 'email', required: true, autocomplete: 'email'},
      {name: 'digest', label: 'Once a week', type: 'checkbox', value: 'yes'},
    ],
    button: 'Confirm',
  },
}
