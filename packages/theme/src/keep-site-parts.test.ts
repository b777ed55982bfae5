import {expect, test} from 'vitest'
import {createTheme} from './create-theme.ts'
import {sampleModels} from './sample-models.ts'

const {site, page, ...rest} = sampleModels.page
const model = {site, page, ...rest}

function render(overrides: Record<string, string>, ...models: (typeof model)[]): string[] {
  const theme = createTheme({language: 'en', overrides: new Map(Object.entries(overrides))})
  return models.map((one) => theme.render('page', one))
}

test('another site gets its own name and feeds from the same theme, whichever comes first', () => {
  const other = {...model, site: {...site, title: 'Another', feeds: []}}
  const [one, two, again] = render({}, model, other, model)
  expect(two).toContain('>Another</a>')
  expect(two).not.toContain(site.title)
  expect(two).not.toContain('application/rss+xml')
  expect(again).toBe(one)
  expect(render({}, other)[0]).toBe(two)
})

test.each([
  ['an assignment', '{% assign site = page %}{{ site.title }}'],
  ['a loop', '{% for site in (1..2) %}{{ site }}{% endfor %}'],
  ['an argument of a part', "{% render 'parts/x', site: page %}"],
])('a template that means something else by site is printed each time: %s', (_, text) => {
  const overrides = {'page.liquid': text, 'parts/x.liquid': '{% if site.title %}{{ site.title }}{% endif %}'}
  const other = {...model, page: {...page, title: 'Two'}}
  const [one, two] = render(overrides, model, other)
  expect(one).toBe(render(overrides, model)[0])
  expect(two).toBe(render(overrides, other)[0])
})

test('what counts how often it was printed counts on', () => {
  const text =
    "{% for feed in site.feeds %}{% cycle 'a', 'b' %}{% endfor %}{% if site.title %}{% cycle 'a', 'b' %}{% endif %}"
  expect(render({'page.liquid': text}, model)[0]).toBe('abababab'.slice(0, site.feeds.length + 1))
})
