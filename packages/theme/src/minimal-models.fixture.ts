import type {CardModel, HeadModel, Models, SiteModel} from './models.ts'

const site: SiteModel = {
  title: 'Small site',
  tagline: '',
  description: '',
  language: 'en',
  homeUrl: '/',
  stylesheetUrl: '/_/style.css',
  navigation: [],
  feeds: [],
  archiveUrl: '/archive/',
}

const page: HeadModel = {title: 'Small', description: '', canonicalUrl: 'https://example.org/', kind: 'website'}

const card: CardModel = {
  title: 'Post',
  url: '/posts/post/',
  date: {iso: '2026-01-02T09:00:00Z', text: 'January 2, 2026'},
  excerpt: '',
  minutes: 1,
  tags: [],
  authors: [],
}

const list = {count: 0, years: [], groups: []}

/** One model for each template with nothing in it that may be left out. */
export const minimalModels: Models = {
  front: {site, page, posts: [], tags: []},
  post: {site, page, post: {...card, html: '', related: []}},
  page: {site, page, heading: 'About', html: ''},
  tag: {site, page, tag: 'Sample', ...list},
  series: {site, page, series: 'Samples', count: 0, posts: []},
  author: {site, page, author: {name: 'Desk', url: '/authors/desk/'}, ...list},
  archive: {site, page, years: [], posts: []},
  'not-found': {site, page},
  gone: {site, page},
  search: {site, page, index: '/search/', script: '/_/search.js'},
  redirect: {site, page, target: '/posts/post/'},
  form: {site, page, heading: 'Done', text: ''},
}
