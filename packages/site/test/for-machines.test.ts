import {describe, expect, test} from 'vitest'
import {buildOutput, type SiteView, themeOf} from '../src/index.ts'
import {at, idOf, post, settingsOf, sha256, siteState, viewOf} from './site-model.ts'

async function textAt(view: SiteView, address: string): Promise<string> {
  const output = await buildOutput({address}, view, themeOf(view))
  if (output === undefined || !('body' in output)) throw new Error(`nothing at ${address}`)
  return new TextDecoder().decode(output.body)
}

const state = siteState({
  settings: settingsOf({
    description: 'A notebook',
    authors: {platform: {name: 'Platform desk', url: 'https://desk.example/'}},
    newsletter: {enabled: true, autoSendDays: 7},
    security: {contact: ['mailto:us@x.example', 'https://x.example/report'], expires: at('2027-12-31T00:00:00Z')},
  }),
  posts: new Map(
    [
      post({
        slug: 'nats',
        path: 'posts/nats/index.md',
        title: 'When </script> & [NATS]',
        tags: ['NATS'],
        authors: ['platform'],
        series: {name: 'Down under', order: 1},
        image: 'cover.png',
        body: 'See [the other](../other.md#why).',
      }),
      post({slug: 'other', tags: ['nats'], date: at('2026-10-01T08:00:00Z'), series: {name: 'Down under', order: 2}}),
    ].map((one) => [idOf(one.slug), one]),
  ),
  files: new Map([['posts/nats/cover.png', 'png']]),
})
const view = viewOf(state)
const cover = `https://x.example/blog/media/${sha256('png').slice(0, 12)}/cover.png`

describe('a post tells programs', () => {
  test('its image, published although the text does not show it', async () => {
    const html = await textAt(view, '/posts/nats/')
    expect(html).toContain(`<meta property="og:image" content="${cover}">`)
    expect(html).toContain('<meta name="twitter:card" content="summary_large_image">')
    expect(
      await buildOutput({address: new URL(cover).pathname.slice('/blog'.length)}, view, themeOf(view)),
    ).toBeDefined()
    expect(await textAt(view, '/posts/other/')).not.toContain('og:image')
  })

  test('what it is, as JSON-LD that no title can break out of', async () => {
    const html = await textAt(view, '/posts/nats/')
    const [, data = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(html) ?? []
    expect(JSON.parse(data)).toMatchObject({
      '@graph': [
        {
          '@type': 'BlogPosting',
          headline: 'When </script> & [NATS]',
          datePublished: '2026-11-02T08:00:00.000Z',
          author: [{'@type': 'Person', name: 'Platform desk', url: 'https://x.example/blog/authors/platform/'}],
          image: cover,
        },
        {'@type': 'BreadcrumbList'},
      ],
    })
    expect(await textAt(view, '/')).toContain('"@type":"WebSite"')
  })

  test('its Markdown, with links that lead to where things are', async () => {
    expect(await textAt(view, '/posts/nats/')).toContain(
      '<link rel="alternate" type="text/markdown" href="/blog/posts/nats/index.md">',
    )
    expect(await textAt(view, '/posts/nats/index.md')).toBe(String.raw`# When \</script\> & \[NATS\]

- https://x.example/blog/posts/nats/
- 2026-11-02
- By Platform desk

See [the other](https://x.example/blog/posts/other/#why).
`)
  })

  test('nothing of it where a post has no page', async () => {
    expect(await buildOutput({address: '/posts/none/index.md'}, view, themeOf(view))).toBeUndefined()
  })
})

test('a post that is called by its file is linked to by its page, not by its Markdown', async () => {
  const linking = post({slug: 'linking', body: '[nats](/posts/nats/index.md)'})
  const posts = new Map([...state.posts, [idOf('linking'), linking]])
  expect(await textAt(viewOf({...state, posts}), '/posts/linking/')).toContain('href="/blog/posts/nats/"')
})

test('llms.txt names the site and the Markdown of its newest posts', async () => {
  expect(await textAt(view, '/llms.txt')).toBe(String.raw`# Notes

> From the field
>
> A notebook

## Latest

- [When \</script\> & \[NATS\]](https://x.example/blog/posts/nats/index.md): See the other.
- [About other](https://x.example/blog/posts/other/index.md): A first paragraph.

## Site

- [Archive](https://x.example/blog/archive/)
- [RSS](https://x.example/blog/feed.xml)
`)
})

test('security.txt says whom to tell and until when, and is not there without a setting', async () => {
  expect(await textAt(view, '/.well-known/security.txt')).toBe(`Contact: mailto:us@x.example
Contact: https://x.example/report
Expires: 2027-12-31T00:00:00.000Z
Preferred-Languages: en
Canonical: https://x.example/blog/.well-known/security.txt
`)
  const without = viewOf(siteState())
  expect(await buildOutput({address: '/.well-known/security.txt'}, without, themeOf(without))).toBeUndefined()
})

test('pages forbid what they do not need, and let the sign-up form through', async () => {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(await textAt(view, '/')) ?? []
  expect(policy.replaceAll('&#39;', "'")).toBe(
    "default-src 'none'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' https: data:; media-src 'self' https:; " +
      "form-action 'self' https://x.example; base-uri 'none'",
  )
})

test('a series leads from part to part in its order, and has a page with all of them', async () => {
  const first = await textAt(view, '/posts/nats/')
  expect(first).toContain('Part 1 of <a href="/blog/series/down-under/">Down under</a>')
  expect(first).toContain('After this</span> <a href="/blog/posts/other/">About other</a>')
  const page = await textAt(view, '/series/down-under/')
  expect(page.indexOf('/blog/posts/nats/')).toBeLessThan(page.indexOf('/blog/posts/other/'))
  expect(page).toContain('2 parts')
})

test('a post that asks for it begins with its headings, and leads to them; no other does', async () => {
  const body = 'Before.\n\n## Why & now\n\n### A detail\n\nText.'
  const posts = [post({slug: 'asks', contents: true, body}), post({slug: 'other', body})]
  const asking = viewOf(siteState({posts: new Map(posts.map((one) => [idOf(one.slug), one]))}))
  const html = await textAt(asking, '/posts/asks/')
  expect(html).toMatch(/<nav aria-label="Contents">[^]*<li><a href="#why--now">Why &amp; now<\/a>\s*<ul>\s*<li><a /)
  expect(html).toContain('<h2 id="why--now">')
  expect(await textAt(asking, '/posts/other/')).not.toContain('aria-label="Contents"')
  expect(await textAt(asking, '/feed.xml')).not.toContain('href="#why--now"')
})

test('posts that share a tag are related', async () => {
  const [, related = ''] = (await textAt(view, '/posts/other/')).split('id="related"')
  expect(related).toContain('href="/blog/posts/nats/"')
})

test("an author's page leads to a page of their own", async () => {
  expect(await textAt(view, '/authors/platform/')).toContain(
    '<a href="https://desk.example/" rel="me">desk.example</a>',
  )
})
