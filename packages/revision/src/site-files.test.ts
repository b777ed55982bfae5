import {describe, expect} from 'vitest'
import {openSiteView} from '@broadside/ledger'
import {themeOf} from '@broadside/site'
import {post, siteName, test, type Stage} from './stage.fixture.ts'

const view = ({ledger}: Stage, revision: number) => openSiteView(ledger.db, siteName, revision)

describe('broadside.yaml', () => {
  test('that cannot be read leaves the last good settings, and posts go out', async ({stage}) => {
    await stage.push({'broadside.yaml': 'title: Good\n'})
    const {number} = await stage.push({'broadside.yaml': 'title: [\n', 'posts/a.md': post()})
    expect((await view(stage, number)).settings.title).toBe('Good')
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/a/'})
    expect((await stage.told(number))[0]).toMatch(/^error settings\.[a-z.-]+ broadside\.yaml:\d/)
  })

  test('that is missing means the settings of a new site', async ({stage}) => {
    await stage.push({'broadside.yaml': 'title: Good\n', 'posts/a.md': post()})
    const {number} = await stage.push({'broadside.yaml': undefined})
    expect((await view(stage, number)).settings.title).toBe(siteName)
  })
})

describe('a theme', () => {
  test('that does not compile leaves the last good one, and its author learns the place', async ({stage}) => {
    await stage.push({'theme/style.css': 'p { color: teal }', 'posts/a.md': post()})
    const {number} = await stage.push({
      'theme/style.css': 'p { color: red }',
      'theme/post.liquid': '<p>\n  {{ post.title | }}\n{% if %}',
      'posts/b.md': post(),
    })
    const seen = await view(stage, number)
    expect(seen.themeFiles).toEqual(new Map([['style.css', 'p { color: teal }']]))
    expect(() => themeOf(seen)).not.toThrow()
    expect((await stage.told(number))[0]).toMatch(/^error theme\.template theme\/post\.liquid:\d+:\d+$/)
    expect(await stage.posts()).toMatchObject({'posts/b.md': 'live /posts/b/'})
    const mended = await stage.push({'theme/post.liquid': undefined})
    expect((await view(stage, mended.number)).themeFiles.get('style.css')).toBe('p { color: red }')
  })

  test('that does not compile on the first import is the default theme', async ({stage}) => {
    const {number} = await stage.push({'theme/languages/en.json': '{', 'posts/a.md': post()})
    expect((await view(stage, number)).themeFiles).toEqual(new Map())
    expect(await stage.told(number)).toEqual(['error theme.words theme/languages/en.json'])
  })

  test('is taken away with its files', async ({stage}) => {
    await stage.push({'theme/style.css': 'p {}', 'posts/a.md': post()})
    const {number} = await stage.push({'theme/style.css': undefined})
    expect((await view(stage, number)).themeFiles).toEqual(new Map())
  })
})

test('redirects come, change and go with redirects.yaml', async ({stage}) => {
  await stage.push({'redirects.yaml': '- {from: /old/, to: /posts/a/}\n', 'posts/a.md': post()})
  expect(await (await view(stage, 1)).redirects()).toEqual([{from: '/old/', to: '/posts/a/'}])
  await stage.push({'redirects.yaml': undefined})
  expect(await (await view(stage, 2)).redirects()).toEqual([])
  expect(await (await view(stage, 1)).redirects()).toEqual([{from: '/old/', to: '/posts/a/'}])
})
