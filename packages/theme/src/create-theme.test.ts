import {expect, test} from 'vitest'
import {createTheme} from './create-theme.ts'
import {minimalModels} from './minimal-models.fixture.ts'
import type {Models, TemplateName} from './models.ts'
import {sampleModels} from './sample-models.ts'

const names = Object.keys(sampleModels) as TemplateName[]
const english = createTheme({language: 'en'})

/** A copy of `value` with every text in it replaced by `change(text)`. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change)) as T
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)])) as T
  return value
}

/** A page without its JSON-LD: data, which browsers do not run and no content policy forbids. */
function withoutData(page: string): string {
  return page.replaceAll(/<script type="application\/ld\+json">[^<>]*<\/script>/g, '')
}

const ownScript = /<script type="module" src="\/_\/search\.js"><\/script>/

test.each(names)('%s escapes every text it is given', (name) => {
  const hostile = `"><script>alert('1')</script>&`
  // Bodies are sanitised before they get here, and a field's type is one of four words.
  const model = mapTexts(sampleModels[name], (text) => text + hostile) as Models[TemplateName] & {
    fields?: {type: string}[]
  }
  if ('html' in model) model.html = ''
  if ('post' in model) model.post.html = ''
  const page = withoutData(english.render(name, model)).replace('<script type="module" src=', '')
  expect(page).not.toContain('<script')
  expect(page).not.toContain('">&')
  expect(page).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;')
})

test.each(names)('%s is the same, byte for byte, when made twice, by another theme object too', (name) => {
  const page = english.render(name, sampleModels[name])
  expect(english.render(name, sampleModels[name])).toBe(page)
  expect(createTheme({language: 'en'}).render(name, structuredClone(sampleModels[name]))).toBe(page)
})

test.each(names)('%s needs none of the optional parts of its model', (name) => {
  const page = english.render(name, minimalModels[name])
  expect(page).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
  expect(page).not.toContain('undefined')
})

test.each(names)('%s has no script and no inline style, so that a strict content policy fits', (name) => {
  const page = withoutData(english.render(name, sampleModels[name]))
  expect(page.replace(ownScript, '')).not.toMatch(/<script|<style| style=| on\w+=/)
  expect(ownScript.test(page), 'the page that searches runs a script, and no other').toBe(name === 'search')
})

test.each(names.filter((name) => name !== 'redirect'))('%s has one h1, one main, and announces the feeds', (name) => {
  const page = english.render(name, sampleModels[name])
  expect(page.match(/<h1[ >]/g)).toHaveLength(1)
  expect(page.match(/<main /g)).toHaveLength(1)
  expect(page).toContain('<link rel="alternate" type="application/rss+xml" title="Sample site: RSS" href="/feed.xml">')
  expect(page).toContain('<link rel="canonical" href="https://example.org/sample/">')
})

test('every id of a page stands once in it', () => {
  for (const name of names) {
    const ids = [...english.render(name, sampleModels[name]).matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    expect([name, ids]).toEqual([name, [...new Set(ids)]])
  }
})

test('the front page leads to its newest post with words that name it', () => {
  const page = english.render('front', sampleModels.front)
  expect(page).toContain('href="/posts/sample/">Read the post →<span class="hidden"> Sample post</span></a>')
})

test('a body is printed as it is, with no line of its code moved', () => {
  const html = '<pre><code>a\n  b\n\n\tc &lt;d&gt;\n</code></pre>'
  expect(english.render('post', {...sampleModels.post, post: {...sampleModels.post.post, html}})).toContain(html)
})

test('the sign-up form posts the address, the site and a field that people do not see', () => {
  const page = english.render('front', sampleModels.front)
  expect(page).toContain('<form method="post" action="/subscribe">')
  expect(page).toContain('<input type="hidden" name="site" value="sample">')
  expect(page).toMatch(/<div class="hidden" aria-hidden="true">.*name="website" tabindex="-1" autocomplete="off"/)
})

test('a site without a newsletter shows no form', () => {
  expect(english.render('front', minimalModels.front)).not.toContain('<form')
})

test('the navigation marks the page it stands on and runs no code', () => {
  const navigation = [
    {label: 'Here', url: '/sample/'},
    {label: 'There', url: '/there/'},
    {label: 'Code', url: ' java\tscript:alert(1)'},
    {label: 'Mail', url: 'mailto:desk@example.org'},
  ]
  const page = english.render('not-found', {
    ...sampleModels['not-found'],
    site: {...sampleModels['not-found'].site, navigation},
  })
  expect(page.match(/<nav class="nav".*<\/nav>/s)?.[0].match(/<a .*<\/a>/g)).toEqual([
    '<a href="/sample/" aria-current="page">Here</a>',
    '<a href="/there/">There</a>',
    '<a href="#">Code</a>',
    '<a href="mailto:desk@example.org">Mail</a>',
  ])
})

test('a redirect leads on at once, without a word to search engines', () => {
  const page = english.render('redirect', sampleModels.redirect)
  expect(page).toContain('<meta http-equiv="refresh" content="0; url=https://example.org/posts/sample/">')
  expect(page).toContain('<meta name="robots" content="noindex">')
})

test("pages speak the site's language, in its direction", () => {
  expect(createTheme({language: 'de'}).render('front', sampleModels.front)).toContain('Weiterlesen →')
  expect(createTheme({language: 'ar'}).render('front', sampleModels.front)).toContain('dir="rtl"')
  expect(createTheme({language: 'az-Arab'}).render('front', sampleModels.front)).toContain('dir="rtl"')
})

test('a post in another language says so, and runs in the direction of its own text', () => {
  const post = {...sampleModels.post.post, language: 'he'}
  expect(english.render('post', {...sampleModels.post, post})).toContain('<article class="post" lang="he" dir="auto">')
  expect(english.render('post', minimalModels.post)).toContain('<article class="post">')
})

test('a language that is none is refused', () => {
  expect(() => createTheme({language: 'not a language'})).toThrow(
    expect.objectContaining({kind: 'invalid', code: 'theme.language'}),
  )
})

test('a list of three thousand posts is within the limits', () => {
  const posts = Array.from({length: 3000}, (_, index) => ({...sampleModels.front.posts[0]!, title: `Post ${index}`}))
  expect(english.render('archive', {...sampleModels.archive, posts})).toContain('Post 2999')
})
