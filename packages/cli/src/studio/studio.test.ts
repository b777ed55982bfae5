import {mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {sha256} from '@broadside/revision'
import {until} from '@broadside/testkit'
import type {Hono} from 'hono'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createSharedPool, runCli} from '../test-cli.ts'
import {post} from '../test-installation.ts'
import {startStudio, type Studio} from './start-studio.ts'
import {studioRoutes} from './studio-routes.ts'
import type {DocumentList, StudioState} from './studio-told.ts'

const url = 'http://127.0.0.1:4000/'
let now = Date.parse('2026-11-20T09:30:00Z')
const shared = createSharedPool()
let dir: string
let site: string
let studio: Studio
let app: Hono
const told: string[] = []
/** Files whose text was rendered, each time anew. */
const rendered: string[] = []

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(site, path)), {recursive: true})
  await writeFile(join(site, path), text)
}
const page = async (path: string, init?: RequestInit) => {
  const answer = await app.request(path, init)
  return {status: answer.status, text: await answer.text()}
}
const stateOf = async (of: string) =>
  (await (await app.request(`/~studio/state?of=${encodeURIComponent(of)}`)).json()) as StudioState
const list = async (query = '') => (await (await app.request(`/~studio/list?q=${query}`)).json()) as DocumentList
const codes = ({diagnostics}: StudioState) => diagnostics.map(({code, line}) => `${code}:${line}`)
const coming = {headers: {cookie: 'broadside-coming=1'}}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadside-studio-'))
  site = join(dir, 'notes')
  await write('broadside.yaml', 'title: Notes\nnewsletter: {from: notes@notes.example}\n')
  await write('posts/one.md', post('One', {date: '2026-11-01', text: 'First words. [two](two.md)'}))
  await write('posts/two.md', post('Two', {date: '2026-11-02', text: '# Second\n\n```js\nlet a = 1\n```'}))
  await write('posts/plan.md', post('A plan', {date: '2026-11-03', more: 'draft: true\n', text: '[one](one.md)'}))
  await write('posts/later.md', post('Later', {date: '2026-12-01'}))
  await write('pages/about.md', post('About', {text: 'Us.'}))
  studio = await startStudio({
    root: site,
    url,
    clock: {now: () => now},
    createPool(options) {
      const pool = shared.createPool(options)
      const render: typeof pool.render = (given) => {
        rendered.push(given.file)
        return pool.render(given)
      }
      return {...pool, render}
    },
    workers: 1,
    cache: undefined,
    imageCache: join(dir, 'images'),
    onProgress: () => {},
  })
  studio.listen((one) => told.push(one.what))
  app = studioRoutes(studio)
})
afterAll(async () => {
  await studio.close()
  await shared.close()
  await rm(dir, {recursive: true})
})

test('what it shows is to the byte what a build of the folder makes', async () => {
  const out = join(dir, 'out')
  const argv = ['build', site, '--out', out, '--url', url]
  const {code} = await runCli(argv, {clock: {now: () => now}, createPool: shared.createPool})
  expect(code).toBe(0)
  const files = (await readdir(out, {recursive: true, withFileTypes: true})).filter((entry) => entry.isFile())
  const shown = files.map(({parentPath, name}) => join(parentPath, name).slice(out.length))
  const compared = shown.filter((path) => !path.startsWith('/.'))
  expect(compared.length).toBeGreaterThan(20)
  for (const path of compared) {
    const {text} = await page(path.replace(/index\.html$/, ''))
    expect(text, path).toBe(await readFile(join(out, path), 'utf8'))
  }
})

test('drafts and posts to come are marked, stand at their address, and on lists when that is asked for', async () => {
  const {shown} = await list()
  expect(shown.map(({title, status}) => `${title}: ${status}`)).toEqual([
    'Later: scheduled 2026-12-01T00:00Z',
    'A plan: draft',
    'Two: live',
    'One: live',
    'About: page',
  ])
  expect((await page('/posts/plan/')).text).toContain('<a href="/posts/one/">one</a>')
  expect((await page('/')).text).not.toContain('A plan')
  expect((await page('/', coming)).text).toContain('A plan')
  expect((await list('lat')).shown.map(({path}) => path)).toEqual(['posts/later.md'])
})

test('the item of a post in each format, and its mail, light, dark and as text', async () => {
  const of = 'posts/plan.md'
  const rss = (await page(`/~studio/feed/rss?of=${of}`)).text
  expect(rss).toMatch(/^<item>[\s\S]*<title>A plan<\/title>[\s\S]*<\/item>$/)
  expect((await page(`/~studio/feed/atom?of=${of}`)).text).toMatch(/^<entry>[\s\S]*A plan[\s\S]*<\/entry>$/)
  const item = JSON.parse((await page(`/~studio/feed/json?of=${of}`)).text) as {content_html: string}
  expect((await page(`/~studio/feed/shown?of=${of}`)).text).toContain(item.content_html)
  const {mail} = await stateOf(of)
  expect(mail).toMatchObject({subject: 'A plan', from: 'notes@notes.example', isSent: true})
  const [light, dark, text] = await Promise.all(
    ['light', 'dark', 'text'].map(async (as) => (await page(`/~studio/mail/${as}?of=${of}`)).text),
  )
  expect(light).toContain('@media not all{')
  expect(dark).toContain('@media all{')
  expect(dark!.replace('@media all{', '@media not all{').replaceAll('"dark"', '"light"')).toBe(
    light!.replace('color-scheme:light', 'color-scheme:dark'),
  )
  expect(text).toContain(`one <${url}posts/one/>`)
})

describe('what is saved', () => {
  const changed = async (what: string, look: () => Promise<boolean>) => until(what, look)

  test('is shown, and said to those who look; what was not touched is not rendered anew', async () => {
    const before = await stateOf('posts/two.md')
    const count = told.length
    rendered.length = 0
    await write('posts/one.md', post('One', {date: '2026-11-01', text: 'Other words.'}))
    await changed('the page is another', async () => (await page('/posts/one/')).text.includes('Other words.'))
    expect(told.slice(count)).toContain('changed')
    const after = await stateOf('posts/two.md')
    expect({...after, version: before.version}).toEqual(before)
    expect([...new Set(rendered)]).toEqual(['posts/one.md'])
  })

  test('is told through server-sent events, the current state first', async () => {
    const reader = (await app.request('/~studio/events')).body!.getReader()
    const heard: string[] = []
    const hear = (async () => {
      for (;;) {
        const {value, done} = await reader.read()
        if (done) return
        heard.push(Buffer.from(value).toString())
      }
    })()
    await until('the state is told', () => heard.join('').includes(`data: ${studio.site.current().version}\n\n`))
    const {version} = studio.site.current()
    await write('pages/about.md', post('About', {text: 'All of us.'}))
    await until('the change is told', () => heard.join('').includes(`event: changed\ndata: ${version + 1}\n\n`))
    await reader.cancel()
    await hear
  })

  test('by an editor that writes beside, moves away, or empties first is one change and no loss', async () => {
    const {version} = studio.site.current()
    const path = join(site, 'posts/two.md')
    await writeFile(join(site, 'posts/.two.md.swp'), post('Two', {date: '2026-11-02', text: 'Beside.'}))
    await rename(join(site, 'posts/.two.md.swp'), path)
    await changed('it is shown', async () => (await page('/posts/two/')).text.includes('Beside.'))
    await rename(path, join(dir, 'two.md~'))
    const seen: number[] = []
    const stop = studio.listen(() => seen.push(studio.site.current().posts.size))
    await writeFile(path, '')
    await writeFile(path, post('Two', {date: '2026-11-02', text: 'Anew.'}))
    await changed('it is shown', async () => (await page('/posts/two/')).text.includes('Anew.'))
    stop()
    expect(seen.every((posts) => posts === 4)).toBe(true)
    expect(studio.site.current().version).toBeGreaterThan(version)
  })

  test('a file that comes, is moved with its folder, and goes', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0 0h4v4H0z"/></svg>'
    await write('posts/new/index.md', post('New', {date: '2026-11-05', text: '![a square](square.svg)'}))
    await write('posts/new/square.svg', svg)
    await changed('its image is shown', async () => (await page('/posts/new/')).text.includes('square.svg"'))
    const [, image = ''] = /src="([^"]*square\.svg)"/.exec((await page('/posts/new/')).text) ?? []
    expect((await page(image)).text).toContain('M0 0h4v4H0z')
    await rename(join(site, 'posts/new'), join(site, 'posts/moved'))
    await changed('it is at the other address', async () => (await page('/posts/moved/')).text.includes(image))
    await changed('it has left its own', async () => (await page('/posts/new/')).status === 404)
    await rm(join(site, 'posts/moved'), {recursive: true})
    await changed('it is gone', async () => (await page('/posts/moved/')).status === 404)
    expect((await page(image)).status).toBe(404)
  })

  test('and is broken is told with its line, while the page stays as it was', async () => {
    const text = post('One', {date: '2026-11-01', text: 'Good words.'})
    await write('posts/one.md', text)
    await changed('it is shown', async () => (await page('/posts/one/')).text.includes('Good words.'))
    await write('posts/one.md', text.replace('2026-11-01', '31/12/2026').replace('Good', 'Broken'))
    await changed('it is told', async () => codes(await stateOf('posts/one.md')).includes('front-matter.date:3'))
    const state = await stateOf('posts/one.md')
    expect(state).toMatchObject({isOlder: true, errors: 1, title: 'One'})
    expect(state.diagnostics[0]?.frame).toBe('    2 | title: "One"\n  > 3 | date: 31/12/2026\n      |       ^\n')
    expect((await page('/posts/one/')).text).toContain('Good words.')
    await write('posts/one.md', text)
    await changed('it is well again', async () => codes(await stateOf('posts/one.md')).length === 0)
  })

  test('a template that is broken is told with its line, while pages stay as they were', async () => {
    const {text} = await page('/posts/one/')
    await write('theme/post.liquid', 'fine\n{% if %}')
    await changed('it is told', async () => codes(await stateOf('posts/one.md')).includes('theme.template:2'))
    expect((await page('/posts/one/')).text).toBe(text)
    await write('theme/post.liquid', '<p>{{ post.title }} by a theme</p>')
    await changed('it is taken', async () => (await page('/posts/one/')).text === '<p>One by a theme</p>')
    await rm(join(site, 'theme'), {recursive: true})
    await changed('it is without', async () => (await page('/posts/one/')).text === text)
  })

  test('settings count for every page, and stay as they were while they are broken', async () => {
    await write('broadside.yaml', 'title: Other notes\npermalink: /:year/:slug/\n')
    await changed('it is taken', async () => (await page('/2026/one/')).text.includes('One – Other notes'))
    await write('broadside.yaml', 'title: [\n')
    await changed('it is told', async () => (await stateOf('/')).diagnostics.length > 0)
    expect((await page('/2026/one/')).text).toContain('One – Other notes')
    await write('broadside.yaml', 'title: Notes\n')
    await changed('it is as before', async () => (await page('/posts/one/')).status === 200)
  })

  test('a file of a name that differs in case alone is told', async () => {
    await write('assets/Note.txt', 'one')
    await write('assets/note.txt', 'two')
    const tells = () => studio.diagnostics().some(({file, code}) => file === 'assets/note.txt' && code === 'file.case')
    await changed('it is told', async () => tells())
    await rm(join(site, 'assets'), {recursive: true})
    await changed('it is well', async () => !tells())
  })

  test('and leads nowhere is told once the site was looked at as a whole', async () => {
    await write('pages/about.md', post('About', {text: '[gone](/posts/gone/)'}))
    await changed('it is told', async () => codes(await stateOf('pages/about.md')).includes('link.broken:6'))
    expect((await list()).shown.find(({path}) => path === 'pages/about.md')?.problems).toBe(1)
    await write('pages/about.md', post('About', {text: 'Us.'}))
    await changed('it is well', async () => codes(await stateOf('pages/about.md')).length === 0)
  })
})

test('of two files that were equal, the one that stays gives its bytes, and none gives others', async () => {
  const [drawing, other] = ['M0 0h4v4H0z', 'M0 0h2v2H0z'].map(
    (line) => `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="${line}"/></svg>`,
  ) as [string, string]
  const {files} = studio
  const hashOf = async (path: string) => (await files.asset(path))?.hash
  await write('assets/first.svg', drawing)
  await write('assets/second.svg', drawing)
  const hash = sha256(Buffer.from(drawing))
  await until('both are seen', async () => {
    const hashes = [await hashOf('assets/first.svg'), await hashOf('assets/second.svg')]
    return hashes.every((one) => one === hash)
  })
  await write('assets/second.svg', other)
  expect(Buffer.from(await files.read(hash)).toString()).toBe(drawing)
  await write('assets/first.svg', other)
  await expect(files.read(hash)).rejects.toMatchObject({code: 'dev.file-gone'})
})

test('a post goes live when its moment comes', async () => {
  expect(studio.site.nextChange()).toBe(Date.parse('2026-12-01T00:00:00Z'))
  now = Date.parse('2026-12-01T00:00:00Z')
  studio.site.refresh()
  expect((await stateOf('posts/later.md')).status).toBe('live')
  expect((await page('/')).text).toContain('Later')
})

test('it answers this machine alone, and frames what comes from files without script', async () => {
  expect((await page('/', {headers: {host: 'evil.example'}})).status).toBe(403)
  expect((await page('/~studio/state', {headers: {host: '127.0.0.1.evil.example'}})).status).toBe(403)
  const policy = async (path: string) => (await app.request(path)).headers.get('content-security-policy')
  expect(await policy('/~studio/')).toContain("frame-ancestors 'none'")
  for (const path of ['/~studio/mail/light?of=posts/one.md', '/~studio/feed/shown?of=posts/one.md'])
    expect(await policy(path)).toMatch(/^default-src 'none'; (?!.*script-src)/)
  expect((await page('/~studio/')).text).not.toMatch(/<iframe(?![^>]*sandbox="allow-same-origin")/)
})

test.each(['x', '70000'])('%s is no port', async (port) => {
  const {code, err} = await runCli(['dev', site, '--port', port])
  expect({code, err}).toEqual({code: 2, err: expect.stringContaining('is no port') as string})
})
