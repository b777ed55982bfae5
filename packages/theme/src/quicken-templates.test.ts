import {Liquid} from 'liquidjs'
import {expect, test} from 'vitest'
import {quickenTemplates} from './quicken-templates.ts'

const engine = new Liquid({outputEscape: 'escape', ownPropertyOnly: true, strictVariables: true, lenientIf: true})
const makeModel = () => ({
  post: {
    title: 'Tom & <Jerry>',
    html: '<p>',
    tags: [{label: 'a'}, {label: 'b'}],
    none: null,
    empty: '',
    no: false,
    n: 3,
  },
  page: {kind: 'article', key: 'title', next: {label: 'b', next: null}},
})

function printed(source: string, isQuick: boolean): string {
  const templates = engine.parse(source)
  if (isQuick) quickenTemplates(templates)
  try {
    return String(engine.renderSync(templates, makeModel()))
  } catch (error) {
    return String(error)
  }
}

test.each([
  'plain <b>text</b>, {{- post.title }} and {{ post.html | raw }}',
  '{{ post.n }}{{ post.no }}{{ post.none }}{{ post.empty }}{{ 3 }}{{ "x" }}{{ true }}{{ nil }}',
  '{{ post }}{{ post.tags }}{{ post.tags | raw }}',
  '{{ post.tags.size }} {{ post.tags.first.label }} {{ post.tags.last.label }} {{ post.title.size }}',
  '{{ post.tags[1].label }} {{ post["title"] }} {{ post[page.key] }} {{ page.key.size }}',
  '{{ post.absent }}',
  '{% if page %}{{ page.next.label }}{% endif %}{% if page.next and page %}b{% endif %}',
  'first line\n{{ post.absent.more | upcase }}',
  '{{ absent }}',
  '{{ post.none.more }}',
  '{{ post.absent | default: "d" }} {{ post.empty | default: "e" }} {{ post.title | default: "f" }}',
  '{{ post.title | upcase | append: page.kind }} {{ post.title | truncate: post.n }} {{ post.title | append: absent }}',
  '{{ post.tags | map: "label" | join: ", " }} {{ post.title | replace: "Tom", "Tim" }}',
  '{% if post.absent %}a{% elsif absent %}b{% else %}c{% endif %}',
  '{% if post.title %}a{% endif %}{% unless post.no %}b{% endunless %}{% if post.empty == empty %}c{% endif %}',
  '{% if post.n > 2 and post.tags.size >= 2 %}a{% endif %}{% if post.n > 2 or post.absent %}b{% endif %}',
  '{% if post.absent or post.n %}a{% endif %}{% if not post.no %}b{% endif %}{% if post.none == nil %}c{% endif %}',
  '{% if post.title contains "Tom" %}a{% endif %}{% if post.title == page.kind %}b{% else %}c{% endif %}',
  '{% for tag in post.tags %}{{ forloop.index }}{{ forloop | raw }}{{ tag.label }}{% unless forloop.last %}, {% endunless %}{% endfor %}',
  '{% for n in (1..post.n) %}{{ n }}{% if n == 2 %}{% break %}{% endif %}{% endfor %}',
  '{% assign key = post.title | downcase %}{{ key }}{% capture all %}{{ key }}!{% endcapture %}{{ all }}',
  '{% case page.kind %}{% when "website" %}a{% when "article" %}b{% endcase %}',
  '{% increment n %}{% increment n %}{% cycle "a", "b" %}{% echo post.title %}{% comment %}{{ absent }}{% endcomment %}',
])('%s prints the same as ever, errors among it', (source) => {
  expect(printed(source, true)).toBe(printed(source, false))
})

test('what is absent in one page and there in the next is printed when it is there', () => {
  const templates = engine.parse('{% if post.updated %}{{ post.updated | upcase }}{% endif %}.')
  quickenTemplates(templates)
  const print = (post: object) => engine.renderSync(templates, {post})
  expect([print({}), print({updated: 'now'}), print({})]).toEqual(['.', 'NOW.', '.'])
})
