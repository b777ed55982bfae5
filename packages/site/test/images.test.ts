import {expect, test} from 'vitest'
import {
  affectedOutputs,
  allOutputs,
  buildOutput,
  mailImageSizes,
  renderBody,
  type SiteView,
  themeOf,
} from '../src/index.ts'
import {noChanges} from './site-changes.ts'
import {at, idOf, post, type PostState, sha256, siteState, type SiteState, viewOf} from './site-model.ts'

const photo = 'photo 4000x3000'
const folder = `/media/${sha256(photo).slice(0, 12)}`
const variants = [480, 720, 1080, 1440].flatMap((width) => [`${folder}/v1/${width}.avif`, `${folder}/v1/${width}.webp`])

function site(posts: PostState[], files: Record<string, string>, about: Partial<SiteState> = {}): SiteState {
  return siteState({
    posts: new Map(posts.map((one) => [idOf(one.slug), one])),
    files: new Map(Object.entries(files)),
    ...about,
  })
}

async function addressesOf(view: SiteView): Promise<string[]> {
  const found: string[] = []
  for await (const {address} of allOutputs(view)) found.push(address)
  return found
}

async function textAt(view: SiteView, address: string): Promise<string> {
  const output = await buildOutput({address}, view, themeOf(view))
  if (output === undefined || !('body' in output)) throw new Error(`nothing at ${address}`)
  return new TextDecoder().decode(output.body)
}

const walk = post({slug: 'walk', path: 'posts/walk/index.md', body: '![sea](sea.jpg)\n\n![logo](/assets/logo.jpg)'})

test('a page offers each image in two formats and four widths, with its size, the first one at once', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo, 'assets/logo.jpg': 'photo 700x100'}))
  const html = await textAt(view, '/posts/walk/')
  const offered = (format: string) =>
    [480, 720, 1080, 1440].map((width) => `/blog${folder}/v1/${width}.${format} ${width}w`).join(', ')
  const sizes = 'sizes="(max-width: 738px) calc(100vw - 54px), 684px"'
  expect(html).toContain(
    `<picture><source type="image/avif" srcset="${offered('avif')}" ${sizes}>` +
      `<source type="image/webp" srcset="${offered('webp')}" ${sizes}>` +
      `<img src="/blog${folder}/sea.jpg" alt="sea" width="4000" height="3000" fetchpriority="high"></picture>`,
  )
  expect(html).toContain('<img src="/blog/assets/logo.jpg" alt="logo" width="700" height="100" loading="lazy"')
  expect(html).toContain('/v1/700.avif 700w"')
})

test('feeds and mails show the plain image with its size', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo}))
  const feed = await textAt(view, '/feed.json')
  expect(feed).toContain(
    JSON.stringify(`<img src="https://x.example/blog${folder}/sea.jpg" alt="sea" width="4000" height="3000">`).slice(
      1,
      -1,
    ),
  )
  expect(feed).not.toMatch(/srcset|lazy|fetchpriority/)
})

test('a mail shows it no wider than mails are', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo, 'assets/logo.jpg': 'photo 300x100'}))
  const html = await renderBody(view, (await view.post(idOf('walk')))!, 'mail')
  expect(html).toContain(`<img src="https://x.example/blog${folder}/sea.jpg" alt="sea" width="600" height="450">`)
  expect(html).toContain('alt="logo" width="300" height="100">')
})

test('what the images of a mail weigh is known by the addresses at which it shows them', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo, 'assets/logo.jpg': 'a drawing'}))
  const post = (await view.post(idOf('walk')))!
  const sizes = await mailImageSizes(view, post)
  expect([...sizes.values()]).toEqual([1_000_000, 9])
  const html = await renderBody(view, post, 'mail')
  for (const url of sizes.keys()) expect(html).toContain(`<img src="${url}"`)
})

test('what is put at an address is told by the address alone, all variants of an image together', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo}))
  const output = await buildOutput({address: `${folder}/v1/720.avif`}, view, themeOf(view))
  expect(output).toMatchObject({
    key: `${folder.slice(1)}/v1/720.avif`,
    headers: {contentType: 'image/avif', cacheControl: 'public, max-age=31536000, immutable'},
    make: {source: sha256(photo), format: 'jpeg', recipe: {make: 'variant', width: 720, format: 'avif'}},
  })
  expect(output !== undefined && 'make' in output && 'together' in output.make && output.make.together).toHaveLength(8)
  for (const other of [`${folder}/v1/721.avif`, `${folder}/v2/720.avif`, `${folder}/v1/4000.webp`])
    expect(await buildOutput({address: other}, view, themeOf(view))).toBeUndefined()
})

test('of a photo readers get what is made of it and never the author’s file', async () => {
  const view = viewOf(site([walk], {'posts/walk/sea.jpg': photo, 'assets/logo.jpg': photo}))
  for (const address of [`${folder}/sea.jpg`, '/assets/logo.jpg'])
    expect(await buildOutput({address}, view, themeOf(view))).toMatchObject({make: {recipe: {make: 'clean'}}})
})

test('images of drafts and files that nothing shows have no variants', async () => {
  const draft = {...walk, live: false}
  const view = viewOf(site([draft], {'posts/walk/sea.jpg': photo, 'assets/unused.jpg': photo}))
  expect((await addressesOf(view)).filter((address) => address.includes('/v1/'))).toEqual([])
})

test('a photo that two posts show is made once', async () => {
  const other = post({slug: 'other', path: 'posts/other/index.md', body: '![same](copy.jpg)'})
  const view = viewOf(site([walk, other], {'posts/walk/sea.jpg': photo, 'posts/other/copy.jpg': photo}))
  expect((await addressesOf(view)).filter((address) => address.includes('/v1/')).toSorted()).toEqual(
    variants.toSorted(),
  )
})

test('a post brings the variants of its photo, and takes them with it', async () => {
  const without = viewOf(site([], {'posts/walk/sea.jpg': photo}))
  const shown = viewOf(site([walk], {'posts/walk/sea.jpg': photo}))
  const changes = {...noChanges(), posts: [idOf('walk')]}
  for (const [before, after] of [
    [without, shown],
    [shown, without],
  ] as const) {
    const affected = (await affectedOutputs({before, after, changes})).map(({address}) => address)
    expect(affected).toEqual(expect.arrayContaining(variants))
  }
})

test('another post touches no image of this one', async () => {
  const news = post({slug: 'news', date: at('2026-11-05T08:00:00Z')})
  const before = viewOf(site([walk], {'posts/walk/sea.jpg': photo}))
  const after = viewOf(site([walk, news], {'posts/walk/sea.jpg': photo}))
  const affected = await affectedOutputs({before, after, changes: {...noChanges(), posts: [idOf('news')]}})
  expect(affected.filter(({address}) => address.startsWith('/media/'))).toEqual([])
})
