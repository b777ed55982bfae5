import {expect, test} from 'vitest'
import {createTheme} from './create-theme.ts'
import {sampleModels} from './sample-models.ts'

const {page} = sampleModels

function render(body: string, part: string, model = page): string {
  const overrides = new Map([
    ['page.liquid', body],
    ['parts/x.liquid', part],
  ])
  return createTheme({language: 'en', overrides}).render('page', model)
}

test('what a part is given beside the object is told apart, by its kind too', () => {
  const body = ['1', "'1'", '2', 'true', 'page.robots']
    .map((level) => `{% render 'parts/x', post: site, level: ${level} %}`)
    .join(' ')
  expect(render(body, '{% if level == 1 %}one{% else %}{{ level }}{% endif %}')).toBe('one 1 2 true noindex')
})

test('another object of the same shape is printed by itself', () => {
  const feeds = ['rss', 'atom', 'json'].map((type) => ({title: 'All', url: '/feed', type}))
  const body = "{% for feed in site.feeds %}{% render 'parts/x', feed: feed %} {% endfor %}"
  expect(render(body, '{{ feed.type }}', {...page, site: {...page.site, feeds}})).toBe('rss atom json ')
})

test('the same object again, in turn with another, gives the same again', () => {
  const both = "{% render 'parts/x', about: site %} {% render 'parts/x', about: page %} "
  expect(render(both + both, '{{ about.title }}')).toBe(`${page.site.title} ${page.page.title} `.repeat(2))
})

test('a part of two objects, of a list and of what stands for something are printed as they are asked for', () => {
  const two = "{% render 'parts/x', about: site, other: page %} {% render 'parts/x', about: site, other: site %}"
  expect(render(two, '{{ other.title }}')).toBe(`${page.page.title} ${page.site.title}`)
  expect(render("{% render 'parts/x' for site.feeds as feed %}", '{{ feed.title }},')).toBe(
    page.site.feeds.map(({title}) => `${title},`).join(''),
  )
  expect(render("{% render 'parts/x' with page as about %}", '{{ about.title }}')).toBe(page.page.title)
})

test('what counts in a part counts from its start, as where it is printed anew', () => {
  const body = "{% render 'parts/x', about: site %}{% render 'parts/x', about: site, n: 1 %}{% increment x %}"
  expect(render(body, "{% increment x %}{% cycle 'a', 'b' %}")).toBe('0a0a0')
})

test('an error in a part names the part, the first time and again', () => {
  const theme = createTheme({
    language: 'en',
    overrides: new Map([
      ['page.liquid', "{% if page.title == 'Bad' %}{% render 'parts/x', about: page %}{% endif %}"],
      ['parts/x.liquid', 'a\n{{ about.nothing }}'],
    ]),
  })
  const bad = {...page, page: {...page.page, title: 'Bad'}}
  for (const _ of [1, 2])
    expect(() => theme.render('page', bad)).toThrow('theme/parts/x.liquid:2:4: undefined variable: about.nothing')
})
