import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {defaultSettings, parseSettings} from './index.ts'
import {told} from './test-post.ts'

const parse = (text: string) => parseSettings('broadside.yaml', Buffer.from(text), 'notes')

describe('parseSettings', () => {
  test('an empty file is the default', () => {
    expect(parse('')).toEqual({settings: defaultSettings('notes'), diagnostics: []})
    expect(parse('# only a comment\n')).toEqual({settings: defaultSettings('notes'), diagnostics: []})
  })

  test('reads every key', () => {
    const parsed = parse(`
id: field-notes
title: Notes from the field
tagline: What we learned
description: |
  A studio's
  notebook
language: pt_br
timezone: Europe/Lisbon
permalink: /:year/:month/:slug
authors:
  ines: {name: Inês Duarte, role: Editor, url: https://example.org/ines}
  bo: Bo
  __proto__: {name: Nobody}
navigation:
  - {label: About, url: /about/}
feeds: {items: 10}
newsletter:
  name: The Field Letter
  from: Notes <notes@example.org>
  replyTo: editor@example.org
  postalAddress: |
    Rua Nova 1
    Lisboa
  autoSendDays: 3
  graceHours: 6
  countClicks: true
theme:
  variables: {accent: "#b00020", --font: "'Inter', sans-serif", width: 60ch, size: "clamp(1rem, 2vw, 2rem)"}
`)
    expect(parsed.diagnostics).toEqual([])
    expect(JSON.parse(JSON.stringify(parsed.settings))).toEqual({
      id: 'field-notes',
      title: 'Notes from the field',
      tagline: 'What we learned',
      description: "A studio's notebook",
      language: 'pt-BR',
      timezone: 'Europe/Lisbon',
      permalink: '/:year/:month/:slug/',
      authors: {
        ines: {name: 'Inês Duarte', role: 'Editor', url: 'https://example.org/ines'},
        bo: {name: 'Bo'},
        ['__proto__']: {name: 'Nobody'},
      },
      navigation: [{label: 'About', url: '/about/'}],
      feeds: {items: 10},
      newsletter: {
        enabled: true,
        name: 'The Field Letter',
        from: 'Notes <notes@example.org>',
        replyTo: 'editor@example.org',
        postalAddress: 'Rua Nova 1\nLisboa',
        autoSendDays: 3,
        graceHours: 6,
        countClicks: true,
      },
      theme: {
        variables: {accent: '#b00020', font: "'Inter', sans-serif", width: '60ch', size: 'clamp(1rem, 2vw, 2rem)'},
      },
    })
  })

  test.each([
    ['newsletter: true', true],
    ['newsletter: off', false],
    ['newsletter: {enabled: no}', false],
    ['newsletter: {name: X}', true],
    ['title: x', false],
  ])('%s says whether posts are mailed', (text, enabled) => {
    expect(parse(text).settings?.newsletter.enabled).toBe(enabled)
  })

  test('names the key that was meant', () => {
    const parsed = parse('titel: x\nfeeds: {item: 3}\nwhatever: 1')
    expect(parsed.settings?.title).toBe('notes')
    expect(parsed.diagnostics.map(({cure}) => cure)).toEqual([
      'Did you mean "title"?',
      expect.stringContaining('The keys here are id, title'),
      'Did you mean "items"?',
    ])
    expect(told(parsed)).toEqual([
      'warning settings.unknown-key 1:1',
      'warning settings.unknown-key 3:1',
      'warning settings.unknown-key 2:9',
    ])
  })

  test.each([
    ['title: [x]', 'error settings.wrong-type 1:8'],
    ['title: "a\\r\\nBcc: x"', 'error settings.bad-value 1:8'],
    ['timezone: Mars/Base', 'error settings.bad-value 1:11'],
    ['timezone: "+02:00"', 'error settings.bad-value 1:11'],
    ['language: "!"', 'error settings.bad-value 1:11'],
    ['permalink: /posts/', 'error settings.bad-value 1:12'],
    ['permalink: /:author/:slug/', 'error settings.bad-value 1:12'],
    ['permalink: https://example.org/:slug/', 'error settings.bad-value 1:12'],
    ['feeds: {items: 0}', 'error settings.bad-value 1:16'],
    ['feeds: {items: many}', 'error settings.wrong-type 1:16'],
    ['navigation: [{label: x}]', 'error settings.bad-value 1:14'],
    ['navigation: [{label: x, url: "javascript:x"}]', 'error settings.bad-value 1:30'],
    ['authors: [x]', 'error settings.wrong-type 1:10'],
    ['newsletter: {from: "a@example.org, b@example.org"}', 'error settings.bad-value 1:20'],
    ['newsletter: [on]', 'error settings.wrong-type 1:13'],
    ['newsletter: weekly', 'error settings.wrong-type 1:13'],
    ['newsletter: {autoSendDays: -1}', 'error settings.bad-value 1:28'],
    ['theme: {variables: {Accent: red}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {accent: "image-set(x)"}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {accent: "red;} body{display:none"}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {accent: "url(https://example.org)"}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {accent: "rgb(0"}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {accent: "\'x"}}', 'error settings.bad-value 1:29'],
    ['theme: {variables: {"a b": x}}', 'error settings.bad-value 1:28'],
    ['title: a\ntitle: b', 'error settings.duplicate-key 2:1'],
    ['title: [', 'error settings.syntax 1:9'],
    ['- x', 'error settings.syntax 1'],
  ])('refuses %j as a whole, and says where', (text, diagnostic) => {
    const parsed = parse(text)
    expect(parsed.settings).toBeUndefined()
    expect(told(parsed)[0]).toBe(diagnostic)
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parse(text)
        const isBroken = parsed.diagnostics.some(({severity}) => severity === 'error')
        expect(parsed.settings === undefined).toBe(isBroken)
      }),
      {numRuns: 500},
    )
  })
})

describe('what programs ask for', () => {
  const read = (yaml: string) => parseSettings('broadside.yaml', Buffer.from(yaml))

  test('security.txt, feeds and a podcast', () => {
    const {settings, diagnostics} = read(`
feeds: {maxKilobytes: 500, hub: "https://hub.example"}
security: {contact: "mailto:us@x.example", expires: 2027-12-31, policy: "https://x.example/policy"}
podcast: {author: Us, email: pod@x.example, image: /assets/cover.png, category: Technology}
notify: {failures: yes}
`)
    expect(diagnostics).toEqual([])
    expect(settings).toMatchObject({
      notify: {failures: true},
      feeds: {items: 20, maxKilobytes: 500, hubs: ['https://hub.example/']},
      security: {
        contact: ['mailto:us@x.example'],
        expires: Date.UTC(2027, 11, 31),
        policy: 'https://x.example/policy',
      },
      podcast: {
        author: 'Us',
        email: 'pod@x.example',
        image: '/assets/cover.png',
        category: 'Technology',
        explicit: false,
      },
    })
  })

  test.each([
    'security: {contact: "javascript:x", expires: 2027-12-31}',
    'security: {contact: "mailto:us@x.example"}',
    'feeds: {hub: hub.example}',
    'feeds: {hub: [https://hub.example, hub.example]}',
    `feeds: {hub: [${[1, 2, 3, 4, 5, 6].map((n) => `https://hub${n}.example`).join(', ')}]}`,
    'feeds: {maxKilobytes: 1}',
    'podcast: {guid: seven}',
    'podcast: {image: "data:x"}',
  ])('%s is refused', (yaml) => {
    expect(read(yaml).settings).toBeUndefined()
  })
})
