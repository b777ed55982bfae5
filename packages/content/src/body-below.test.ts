import {describe, expect, test} from 'vitest'
import {bodyBelow} from './body-below.ts'
import {parsePost} from './parse-post.ts'
import {defaultSettings} from './site-settings.ts'

const settings = defaultSettings('notes')

function parsed(source: string) {
  const {post} = parsePost({file: 'posts/a.md', bytes: new TextEncoder().encode(source), settings})
  return post && {body: post.body, bodyLine: post.bodyLine}
}

describe('the text below front matter is what the whole reading gives', () => {
  test.each([
    '---\ntitle: A\n---\n\nText.\n',
    '\uFEFF---\r\ntitle: A\r\ntags: [x]\r\n---\r\nText.\r\n\r\nMore.\r\n',
    '+++\ntitle = "A"\n+++\nText.\n',
    ';;;\n{"title": "A"}\n;;;\nText.\n',
    '\n\n{"title": "A"}\nText.\n',
    '---\ntitle: A\n...\nText with *stress*.\n\n# A heading further down\n',
    'No front matter, and a text.\n',
    '---\nText below a line.\n',
    '---\ndate: 2026-11-02\n---\n```\n# no heading\n```\n',
  ])('%j', (source) => {
    expect(parsed(source)).toBeDefined()
    expect(bodyBelow(source)).toEqual(parsed(source))
  })
})

test.each([
  '---\ndate: 2026-11-02\n---\n\n # Its title\n\nText.\n',
  '---\ntitle: A\n---\n# Its first heading\n',
  '---\ntitle: A\nLang: de\n---\nText.\n',
  '{"title": "A", "\\u006cang": "de"}\nText.\n',
  '---js\n{}\n---\nText.\n',
])('it says nothing where a title or a language may be told: %j', (source) => {
  expect(bodyBelow(source)).toBeUndefined()
})
