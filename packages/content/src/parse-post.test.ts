import {seedFor, testSize} from '@broadside/testkit/test-size'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parsePage, parsePost} from './index.ts'
import {meta, page, post, settings, told} from './test-post.ts'

describe('front matter', () => {
  const expected = {
    meta: {
      title: 'When NATS',
      slug: 'when-nats',
      date: Date.parse('2026-11-02T09:30:00+01:00'),
      draft: false,
      tags: ['nats', 'queues'],
      authors: ['ines'],
      aliases: ['/old/'],
      featured: true,
      newsletter: {send: false, subject: 'New'},
      image: 'cover.png',
      imageAlt: 'A cover',
    },
    body: '# Hello\n\nText\n',
  }

  test.each([
    [
      'YAML',
      `---
title: When NATS
date: 2026-11-02 09:30
tags: [nats, queues]
author: ines
aliases:
  - /old
featured: yes
newsletter:
  send: false
  subject: New
cover:
  image: cover.png
  alt: A cover

---
`,
    ],
    [
      'TOML',
      `+++
title = "When NATS"
date = 2026-11-02T09:30:00
tags = ["nats", "queues"]
authors = ["ines"]
aliases = ["/old"]
featured = true
image = "cover.png"
image_alt = "A cover"

[newsletter]
send = false
subject = "New"
+++
`,
    ],
    [
      'JSON in braces',
      `{
  "title": "When NATS", "date": "2026-11-02T09:30", "tags": ["nats", "queues"],
  "author": {"name": "ines"}, "redirect_from": "/old", "featured": true,
\t"newsletter": {"send": false, "subject": "New"},
  "image": {"src": "cover.png", "alt": "A cover"}
}
`,
    ],
    [
      'JSON between semicolons',
      `;;;
"title": "When NATS", "date": "2026-11-02T09:30", "tags": ["nats", "queues"], "author": "ines", "redirect_from": "/old",
"featured": true, "newsletter": {"send": false, "subject": "New"}, "image": {"src": "cover.png", "alt": "A cover"}
;;;
`,
    ],
    [
      'JSON between named dashes',
      `---json
{"title": "When NATS", "date": "2026-11-02T09:30", "tags": ["nats", "queues"], "author": "ines", "redirect_from": "/old", "featured": true, "newsletter": {"send": false, "subject": "New"}, "image": {"src": "cover.png", "alt": "A cover"}}
---
`,
    ],
  ])('is read from %s', (_, front) => {
    const bodyLine = front.split('\n').length
    expect(post(`${front}# Hello\n\nText\n`)).toEqual({post: {...expected, bodyLine}, diagnostics: []})
    const windows = `\uFEFF${front}# Hello\n\nText\n`.replaceAll('\n', '\r\n')
    expect(post(windows)).toEqual({post: {...expected, bodyLine}, diagnostics: []})
  })

  test('may end with dots, start after blank lines, and be the whole file', () => {
    expect(post('\n\n---\ntitle: T\n...\nText').post).toMatchObject({body: 'Text', bodyLine: 6})
    expect(told(post('---\ntitle: T\n---'))).toEqual(['warning post.no-text'])
  })

  test('is not there when the text merely starts with a thematic break', () => {
    expect(post('---\n\n# Title\n\nText').post).toMatchObject({meta: {title: 'Title'}, bodyLine: 1})
  })

  test('is not there when braces share their line with text', () => {
    expect(post('{} is an empty object').post).toMatchObject({body: '{} is an empty object', bodyLine: 1})
    expect(post('{{< figure >}}\n').post).toMatchObject({body: '{{< figure >}}\n', bodyLine: 1})
  })

  test.each(['js', 'javascript', 'coffee', 'lua'])('is refused, and not run, in %s', (language) => {
    const parsed = post(`---${language}\n{title: (globalThis.ran = true)}\n---\nText`)
    expect(told(parsed)).toEqual(['error front-matter.language 1'])
    expect(parsed.post).toBeUndefined()
    expect(globalThis).not.toHaveProperty('ran')
  })

  test.each([
    ['no end', '---\ntitle: T\n\nText', 'error front-matter.unclosed 1'],
    ['no end in JSON', '{"title": "T"\n\nText', 'error front-matter.unclosed 1'],
    ['a colon in a value', '---\ntags: [a]\ntitle: NATS: when\n---\n', 'error front-matter.syntax 3:8'],
    ['a tab', '---\nnewsletter:\n\tsend: no\n---\n', 'error front-matter.syntax 3:1'],
    ['bad TOML', '+++\ntitle = T\n+++\n', 'error front-matter.syntax 2:9'],
    ['bad JSON', '{\n "title": T\n}\n', 'error front-matter.syntax 2:11'],
    ['a comma too many', '{"title": "T",\n}\n', 'error front-matter.syntax 2:1'],
    ['deep JSON', `{"title": ${'['.repeat(9_000)}${']'.repeat(9_000)}}\n`, 'error front-matter.nesting 1'],
    ['a list', '---\n- a\n---\n', 'error front-matter.syntax 2'],
    ['a key twice', '---\ntitle: a\ntags: b\ntitle: c\n---\n', 'error front-matter.duplicate-key 4:1'],
    ['a key twice in TOML', '+++\ntitle = "a"\ntitle = "b"\n+++\n', 'error front-matter.duplicate-key 3:1'],
    ['a key twice in JSON', '{"title": "a",\n"title": "b"}\n', 'error front-matter.duplicate-key 2:1'],
    ['a key in two spellings', '---\ntitle: a\nTitle: b\n---\n', 'error front-matter.duplicate-key 3:1'],
    ['deep brackets', `---\ntitle: ${'['.repeat(20_000)}\n---\n`, 'error front-matter.syntax'],
    ['deep maps', `---\ntitle: ${'{a: '.repeat(60)}1${'}'.repeat(60)}\n---\n`, 'error front-matter.nesting 2'],
    ['a bomb', `---\n${bomb()}\n---\n`, 'error front-matter.nesting 2'],
    ['a megabyte', `---\ntitle: ${'x'.repeat(1_000_000)}\n---\n`, 'error front-matter.too-large 2'],
    ['a map for a title', '---\ntitle: {{ x }}\n---\n', 'error front-matter.wrong-type 2:8'],
    ['a list for a draft', '---\ntitle: T\ndraft: [yes]\n---\n', 'error front-matter.wrong-type 3:8'],
    ['a line break in a title', '---\ntitle: "a\\nb"\n---\n', 'error front-matter.bad-value 2:8'],
    ['a mail header in a title', '---\ntitle: "a\\r\\nBcc: x"\n---\n', 'error front-matter.bad-value 2:8'],
    ['half a character', '{"title": "a \\ud800"}\n', 'error front-matter.bad-value 1:11'],
    ['a bad date', '---\ntitle: T\ndate: 02/11/2026\n---\n', 'error front-matter.date 3:7'],
    ['a bad date in TOML', '+++\ntitle = "T"\ndate = "soon"\n+++\n', 'error front-matter.date 3:8'],
    ['a script for an original', '---\ncanonical: javascript:x\n---\n', 'error front-matter.bad-value 2:12'],
    ['data for an image', '---\nimage: data:image/svg+xml,x\n---\n', 'error front-matter.bad-value 2:8'],
    ['no language', '---\nlang: "e n"\n---\n', 'error front-matter.bad-value 2:7'],
    ['a post for members', '---\nvisibility: members\n---\n', 'error front-matter.audience 2:13'],
    ['a post for mail alone', '---\nemail_only: true\n---\n', 'error front-matter.audience 2:13'],
    ['an unknown status', '---\nstatus: private\n---\n', 'error front-matter.bad-value 2:9'],
  ])('with %s breaks the post, and says where', (_, text, diagnostic) => {
    const parsed = post(text)
    expect(parsed.post).toBeUndefined()
    expect(told(parsed)[0]).toContain(diagnostic)
    expect(parsed.diagnostics[0]?.cure).toMatch(/\.$|: /)
  })

  test('keeps keys such as __proto__ away from objects', () => {
    const parsed = post('{"title": "T", "__proto__": {"draft": true}, "constructor": 1}\nText')
    expect(parsed.post?.meta.draft).toBe(false)
    expect({}).not.toHaveProperty('draft')
  })

  test('says what was meant by a key that is nearly known, and nothing of the rest', () => {
    const parsed = post('---\ntitle: T\ndrfat: true\nlayout: post\nmy_own_key: 1\ndata: x\n---\nText')
    expect(told(parsed)).toEqual(['warning front-matter.unknown-key 3:1'])
    expect(parsed.diagnostics[0]?.cure).toBe('Did you mean "draft"?')
  })
})

describe('spellings of other tools', () => {
  const at = (text: string) => Date.parse(text)
  test.each([
    ['pubDate: Jul 08 2022', {date: at('2022-07-08T00:00:00+02:00')}],
    ['publish_date: 2026-11-02T10:00:00Z\ndate: 2026-01-01', {date: at('2026-11-02T10:00:00Z')}],
    ['published: 2026-11-02', {date: at('2026-11-02T00:00:00+01:00'), draft: false}],
    ['published: false', {draft: true}],
    ['published: true', {draft: false}],
    ['Draft: yes', {draft: true}],
    ['status: draft', {draft: true}],
    ['status: about_to_send', {draft: false}],
    ['date: 0001-01-01T00:00:00Z', {draft: false}],
    ['lastmod: 2026-11-03', {updated: at('2026-11-03T00:00:00+01:00')}],
    ['last_modified_at: 2026-11-03', {updated: at('2026-11-03T00:00:00+01:00')}],
    ['expiryDate: 2026-12-01', {expires: at('2026-12-01T00:00:00+01:00')}],
    ['unpublishdate: 2026-12-01', {expires: at('2026-12-01T00:00:00+01:00')}],
    ['url: /notes/nats', {permalink: '/notes/nats/'}],
    ['permalink: /:year/:slug.html', {permalink: '/:year/:slug.html'}],
    ['redirect_from: [/a, /b/, /a/]', {aliases: ['/a/', '/b/']}],
    ['tags: one two', {tags: ['one', 'two']}],
    ['tags: one thing, two', {tags: ['one thing', 'two']}],
    ['category: one thing\ntags: [two, One Thing]', {tags: ['two', 'One Thing']}],
    ['tags: [2026, 1.10]', {tags: ['2026', '1.10']}],
    ['keywords: a b, c', {tags: ['a b', 'c']}],
    ['custom_excerpt: |\n  Two\n  lines', {description: 'Two lines'}],
    ['feature_image: x.png\nfeature_image_alt: X', {image: 'x.png', imageAlt: 'X'}],
    ['images: [https://example.org/x.png, y.png]', {image: 'https://example.org/x.png'}],
    ['canonical_url: https://example.org/x', {canonical: 'https://example.org/x'}],
    ['authors: [ines, {name: Bo}, ines]', {authors: ['ines', 'Bo']}],
    ['lang: pt_br', {language: 'pt-BR'}],
    ['guid: 17', {feedId: '17'}],
    ['newsletter: true', {newsletter: {send: true}}],
    ['email_subject: Hi\npreview_text: There', {newsletter: {subject: 'Hi', preheader: 'There'}}],
  ])('understands %j', (yaml, expected) => {
    expect(meta(yaml)).toMatchObject(expected)
  })

  test("takes Buttondown's subject for the title and for the mail", () => {
    expect(post('---\nsubject: Issue 1\n---\nText').post?.meta).toMatchObject({
      title: 'Issue 1',
      newsletter: {subject: 'Issue 1'},
    })
  })

  test('does not mail because Ghost named a newsletter', () => {
    const parsed = post('---\ntitle: T\nnewsletter: weekly\n---\nText')
    expect(parsed.post?.meta.newsletter).toEqual({})
    expect(told(parsed)).toEqual(['warning front-matter.newsletter 3:13'])
  })

  test('keeps numbers in titles as they were written', () => {
    for (const title of ['1984', '1.10', 'true', 'no', '2026-11-02', '0x10']) {
      expect(post(`---\ntitle: ${title}\n---\nText`).post?.meta.title).toBe(title)
    }
  })

  test('leaves out aliases and tags that cannot be addresses, with a warning', () => {
    const parsed = post('---\ntitle: T\naliases: [https://example.org/x, ../x, /ok]\ntags: ["!!", ok]\n---\nText')
    expect(parsed.post?.meta).toMatchObject({aliases: ['/ok/'], tags: ['ok']})
    expect(told(parsed)).toEqual([
      'warning front-matter.tag 4:8',
      'warning front-matter.alias 3:11',
      'warning front-matter.alias 3:34',
    ])
  })

  test('asks after an author who is nearly known', () => {
    const authors = {ines: {name: 'Inês'}}
    const parsed = post('---\ntitle: T\nauthor: inse\n---\nText', {settings: {authors}})
    expect(parsed.diagnostics).toMatchObject([{code: 'front-matter.unknown-author', cure: 'Did you mean "ines"?'}])
  })
})

describe('what the path says', () => {
  test.each([
    ['posts/when-nats.md', 'when-nats', undefined],
    ['posts/2026-11-02-when-nats.md', 'when-nats', '2026-11-02T00:00:00+01:00'],
    ['posts/2026-11-02-09-30-15-when-nats.md', 'when-nats', '2026-11-02T09:30:15+01:00'],
    ['posts/2026-07-02-when-nats/index.md', 'when-nats', '2026-07-02T00:00:00+02:00'],
    ['posts/talks/When NATS?.markdown', 'when-nats', undefined],
    ['posts/Größe-日本語.md', 'größe-日本語', undefined],
    ['posts/Gro\u0308ße.md', 'größe', undefined],
  ])('%s has its slug and date', (file, slug, date) => {
    const parsed = post('---\ntitle: T\n---\nText', {file}).post
    expect(parsed?.meta.slug).toBe(slug)
    expect(parsed?.meta.date).toBe(date === undefined ? undefined : Date.parse(date))
  })

  test('gives way to front matter', () => {
    const file = 'posts/2026-11-02-when-nats.md'
    const parsed = post('---\ntitle: T\nslug: Other One\ndate: 2026-01-01\n---\nText', {file}).post
    expect(parsed?.meta).toMatchObject({slug: 'other-one', date: Date.parse('2026-01-01T00:00:00+01:00')})
  })

  test('makes drafts of what lies in _drafts', () => {
    expect(post('---\ntitle: T\n---\nText', {file: 'posts/_drafts/x.md'}).post?.meta.draft).toBe(true)
  })

  test('is told when the name starts with what is no date', () => {
    const parsed = post('---\ntitle: T\n---\nText', {file: 'posts/2026-13-40-x.md'})
    expect(told(parsed)).toEqual(['warning post.file-date'])
    expect(parsed.post?.meta.slug).toBe('x')
  })

  test.each([
    '..',
    '../x',
    'a/b',
    '%2e%2e',
    '%2e%2e%2fetc',
    'a\\b',
    '!!!',
    'index',
    'con',
    'x'.repeat(121),
    '%zz',
    '.',
  ])('refuses the slug %j', (slug) => {
    const parsed = post(`---\ntitle: T\nslug: ${JSON.stringify(slug)}\n---\nText`)
    expect(parsed.post).toBeUndefined()
    expect(told(parsed)).toEqual(['error post.slug 3:7'])
  })

  test.each(['/../etc', '//example.org/', 'https://example.org/x', '/a/%2e%2e/b', '/a//b', '/x?y', '/a\\b', '/.git/x'])(
    'refuses the permalink %j',
    (permalink) => {
      expect(told(post(`---\ntitle: T\npermalink: ${JSON.stringify(permalink)}\n---\nText`))).toEqual([
        'error front-matter.bad-value 3:12',
      ])
    },
  )

  test.each(['/', '/feed.xml', '/sitemap-2026-11.xml', '/TAGS/x/', '/_/style.css', '/404.html', '/archive/2026/'])(
    'keeps the permalink %j for itself',
    (permalink) => {
      expect(told(post(`---\ntitle: T\npermalink: ${permalink}\n---\nText`))).toEqual([
        'error front-matter.bad-value 3:12',
      ])
    },
  )
})

describe('without a title in front matter', () => {
  test('a heading at the start is the title, and leaves the body', () => {
    const parsed = post('---\ndate: 2026-11-02\n---\n\n# The *first* `heading` #\n\nText')
    expect(parsed.post).toMatchObject({meta: {title: 'The first heading'}, body: '\nText', bodyLine: 6})
    expect(told(parsed)).toEqual(['warning front-matter.no-title 1'])
  })

  test('a later heading is the title and stays; one in a code fence is not', () => {
    const text = 'Intro\n\n```sh\n# comment\n```\n\n# Real'
    expect(post(text).post).toMatchObject({meta: {title: 'Real'}, body: text, bodyLine: 1})
  })

  test('the name of the file is the last resort', () => {
    expect(post('Text').post?.meta).toMatchObject({title: 'When nats', slug: 'when-nats'})
  })
})

describe('files that are no text', () => {
  test.each([
    ['empty', Buffer.from(''), 'error post.empty'],
    ['blank', Buffer.from('\uFEFF\r\n \n'), 'error post.empty'],
    ['with a byte that is not UTF-8', Buffer.from('title\nok \xff', 'latin1'), 'error file.encoding 2:4'],
    ['in UTF-16', Buffer.from('\uFEFFtitle', 'utf16le'), 'error file.encoding 1'],
    ['with a NUL', Buffer.from('a\r\nb\0'), 'error file.nul 2:2'],
    ['too large', Buffer.alloc(2_000, 'x'), 'error file.too-large'],
  ])('%s, are refused', (_, bytes, diagnostic) => {
    const parsed = post(bytes, {maxBytes: 1_000})
    expect(parsed.post).toBeUndefined()
    expect(told(parsed)).toEqual([diagnostic])
  })
})

describe('pages', () => {
  test.each([
    ['pages/about.md', 'about'],
    ['pages/team/Jobs.md', 'team/jobs'],
    ['pages/team/jobs/index.md', 'team/jobs'],
    ['pages/2026-11-02-report.md', '2026-11-02-report'],
  ])('%s has the slug %s', (file, slug) => {
    expect(page('---\ntitle: T\n---\nText', file).post?.meta.slug).toBe(slug)
  })

  test('a slug in front matter replaces the last part', () => {
    expect(page('---\ntitle: T\nslug: work\n---\nText', 'pages/team/jobs.md').post?.meta.slug).toBe('team/work')
  })

  test.each(['pages/tags.md', 'pages/archive/2026.md', 'pages/index.md', 'pages/assets/x.md'])(
    '%s is refused',
    (file) => {
      expect(page('---\ntitle: T\n---\nText', file).post).toBeUndefined()
    },
  )
})

describe('whatever the bytes', () => {
  const file = fc.oneof(
    fc.constant('posts/x.md'),
    fc.string({unit: 'binary'}).map((name) => `posts/${name}.md`),
  )
  const fence = fc.constantFrom('---', '+++', ';;;', '---json', '{', '---toml')
  const line = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom(
          'title',
          'date',
          'tags',
          'slug',
          'aliases',
          'newsletter',
          'image',
          'authors',
          'draft',
          'permalink',
        ),
        fc.constantFrom(': ', ' = ', '": '),
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.constantFrom('[', '{', '&a', '*a', '!!js/function x', '|', '"', '2026-02-30'),
        ),
      )
      .map((parts) => parts.join('')),
  )
  const frontMatter = fc
    .tuple(fence, fc.array(line, {maxLength: 6}), fence, fc.string())
    .map(([open, lines, close, body]) => Buffer.from([open, ...lines, close, body].join('\n')))
  const bytes = fc.oneof(fc.uint8Array({maxLength: 300}), frontMatter)
  const runs = {numRuns: testSize('content: any bytes'), seed: seedFor('content: any bytes')}

  test('parsing never throws, and a post is either there or explained', () => {
    fc.assert(
      fc.property(file, bytes, (name, content) => {
        for (const parse of [parsePost, parsePage]) {
          const parsed = parse({file: name, bytes: content, settings: settings()})
          const isBroken = parsed.diagnostics.some(({severity}) => severity === 'error')
          expect(parsed.post === undefined).toBe(isBroken)
          if (parsed.post === undefined) continue
          expect(parsed.post.meta.title).not.toMatch(/[\p{Cc}]|^$/u)
          expect(parsed.post.meta.slug).not.toMatch(/\.\.|[\p{Cc}\\%]|^\/|^$/u)
        }
      }),
      runs,
    )
  }, 600_000)

  test('the body starts on the line that is said', () => {
    fc.assert(
      fc.property(frontMatter, (content) => {
        const {post: parsed} = parsePost({file: 'posts/x.md', bytes: content, settings: settings()})
        if (parsed === undefined) return
        const lines = content.toString().replaceAll(/\r\n?/g, '\n').split('\n')
        expect(lines.slice(parsed.bodyLine - 1).join('\n')).toBe(parsed.body)
      }),
      runs,
    )
  }, 600_000)
})

function bomb(): string {
  const lines = ['a: &l0 [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level += 1) {
    lines.push(`b${level}: &l${level} [${Array.from({length: 9}, () => `*l${level - 1}`).join(', ')}]`)
  }
  return lines.join('\n')
}

describe('series', () => {
  test.each([
    ['series: Queues at work', {name: 'Queues at work'}],
    ['series: [Queues at work, Other]\nseries_order: 2', {name: 'Queues at work', order: 2}],
    ['series: {name: Queues at work, order: 3}', {name: 'Queues at work', order: 3}],
    ['series:', undefined],
  ])('%s', (yaml, expected) => {
    expect(meta(yaml).series).toEqual(expected)
  })

  test('a name without a letter or digit is left out, and a number that is none is refused', () => {
    expect(told(post('---\ntitle: T\nseries: "!?"\n---\nText\n'))).toEqual(['warning front-matter.series 3:9'])
    expect(told(post('---\ntitle: T\nseries: {name: Q, order: first}\n---\nText\n'))).toEqual([
      'error front-matter.wrong-type 3:26',
    ])
  })
})

test.each([
  ['toc: true', true],
  ['TableOfContents: yes', true],
  ['toc: false', undefined],
  ['toc: {sidebar: left}', undefined],
  ['toc: 2', undefined],
])('with %s a table of contents is asked for: %s', (yaml, asked) => {
  expect(meta(yaml).contents).toBe(asked)
})
