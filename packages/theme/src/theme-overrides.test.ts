import {expect, test} from 'vitest'
import {createTheme} from './create-theme.ts'
import {sampleModels} from './sample-models.ts'

const withFiles = (files: Record<string, string>) =>
  createTheme({language: 'en', overrides: new Map(Object.entries(files)), limits: {renderMs: 300}})

const invalid = (message: string, details: object) =>
  expect.objectContaining({kind: 'invalid', code: 'theme.template', message, details})

test("an author's template takes the place of the theme's, and the others stay", () => {
  const theme = withFiles({'post.liquid': '<h1>{{ post.title }}</h1>'})
  expect(theme.render('post', sampleModels.post)).toBe('<h1>Sample post</h1>')
  expect(theme.render('front', sampleModels.front)).toBe(
    createTheme({language: 'en'}).render('front', sampleModels.front),
  )
})

test("an author's part is used by the theme's templates", () => {
  const theme = withFiles({'parts/entry.liquid': '<p class="mine">{{ post.title }}</p>'})
  expect(theme.render('archive', sampleModels.archive)).toContain('<p class="mine">Sample post</p>')
})

test("an author's template may bring parts of its own", () => {
  const theme = withFiles({
    'post.liquid': "{% render 'parts/mine', post: post %}",
    'parts/mine.liquid': '{{ post.url }}',
  })
  expect(theme.render('post', sampleModels.post)).toBe('/posts/sample/')
})

test('a template that is not overridden is escaped, and so is one that is', () => {
  const post = {...sampleModels.post.post, title: '<b>'}
  expect(withFiles({'post.liquid': '{{ post.title }}'}).render('post', {...sampleModels.post, post})).toBe('&lt;b&gt;')
})

test('a stylesheet and words may be overridden; files of other kinds are left alone', () => {
  const theme = withFiles({
    'style.css': 'body {}\n',
    'languages/en.json': '{"read": "Go on"}',
    'README.md': '{% broken',
  })
  expect(theme.stylesheet.body).toBe('body {}\n')
  expect(theme.render('front', sampleModels.front)).toContain('>Go on<')
  expect(theme.words('read')).toBe('Go on')
})

test.each(['{', '[]', '{"read": 1}'])('a language file that reads %s is refused with its name', (text) => {
  expect(() => withFiles({'languages/en.json': text})).toThrow(
    expect.objectContaining({code: 'theme.words', message: expect.stringContaining('theme/languages/en.json: ')}),
  )
})

test.each([
  ['a tag that is not closed', 'one\n{% if post %}\n', '2:1: tag {% if post %} not closed'],
  ['an unknown tag', '<p>\n  {% iff post %}', '2:3: tag "iff" not found'],
  ['an unknown filter', '\n\n{{ post.title | upcse }}', '3:1: undefined filter: upcse'],
  ['an unknown variable', '\n  {{ post.titel }}', '2:6: undefined variable: post.titel'],
  ['an unknown word', "\n{{ 'nope' | t }}", '2:1: the theme has no word "nope" in en or English'],
  ['a part that is not there', "\n{% render 'parts/none' %}", '2:1: there is no template "parts/none"'],
  [
    'a file of the machine',
    "{% render '../../../../etc/hostname' %}",
    '1:1: there is no template "../../../../etc/hostname"',
  ],
  ['a template that asks for itself', "{% render 'post' %}", '1:1: templates that ask for each other without end'],
  ['a clock', "{{ 'now' | date: '%Y' }}", '1:1: pages know no clock: "now" cannot be printed'],
  ['chance', '{{ post.tags | sample }}', '1:1: the filter "sample" chooses by chance, and pages must come out equal'],
  ['what an object inherits', '{{ post.constructor }}', '1:4: undefined variable: post.constructor'],
  ['a loop without end', '{% for i in (1..9999999999) %}x{% endfor %}', '1:1: makes more text than a page may have'],
  [
    'loops that take too long',
    '{% for i in (1..30000) %}{% for j in (1..30000) %}{% endfor %}{% endfor %}',
    '1:26: takes too long to render',
  ],
  [
    'a text that doubles without end',
    "{% assign s = 'ab' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}",
    '1:44: makes more text than a page may have',
  ],
])('%s is found when the theme is made, with file, line and column', (_, text, message) => {
  const [line, column] = message.split(':').map(Number)
  expect(() => withFiles({'post.liquid': text})).toThrow(
    invalid(`theme/post.liquid:${message}`, {file: 'theme/post.liquid', line, column}),
  )
})

test('a mistake in a part is told of the part, not of the template that uses it', () => {
  expect(() => withFiles({'parts/entry.liquid': '<p>\n{{ post.nope }}'})).toThrow(
    invalid('theme/parts/entry.liquid:2:4: undefined variable: post.nope', {
      file: 'theme/parts/entry.liquid',
      line: 2,
      column: 4,
    }),
  )
})

test("a date may be written another way, on the day it is in the site's timezone", () => {
  const post = {...sampleModels.post.post, date: {iso: '2026-11-03T00:30:00+01:00', text: 'November 3, 2026'}}
  const theme = withFiles({'post.liquid': "{{ post.date.iso | date: '%d.%m.%Y %H:%M' }}"})
  expect(theme.render('post', {...sampleModels.post, post})).toBe('03.11.2026 00:30')
})
