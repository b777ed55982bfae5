import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {openObjects, type Objects} from '@broadside/objects'
import type {CollectedSite} from '@broadside/service-publisher'
import {post, withoutMail} from './open-world.ts'
import {photo} from './photo.ts'
import {freshSite, keptKeys, publishedSite} from './published-site.ts'
import {startWorld, type World} from './start-world.ts'

// One world: each test goes on from where the one before has left it.
let world: World
let objects: Objects
let pictures: string[]
const foreign = ['sites/test/foreign.txt', 'private/test/foreign.txt']

beforeAll(async () => {
  world = await startWorld({
    files: {
      ...withoutMail,
      'assets/plan.txt': 'The plan.',
      'posts/a/index.md': post('A', {body: '![sea](sea.jpg)'}),
      'posts/a/sea.jpg': await photo(400, 600),
    },
    publisher: {keptReleases: 2, looseMs: 0},
  })
  await world.settled()
  objects = await openObjects(world.run.objectsUrl)
  pictures = Object.keys(await publishedSite(world)).filter((key) => key.startsWith('media/'))
  const headers = {contentType: 'text/plain', cacheControl: 'no-store'}
  for (const key of foreign) await objects.put(key, Buffer.from('Not ours.'), headers)
}, 60_000)
afterAll(async () => {
  await objects?.close()
  await world?.stop()
})

async function edit(files: Parameters<World['push']>[0]): Promise<void> {
  const {commit} = await world.push(files)
  await world.live(commit)
}

async function gc(flags: object = {}): Promise<CollectedSite> {
  return (await world.request('publisher', 'gc', {site: 'test', ...flags})) as CollectedSite
}

async function picturesThere(): Promise<number> {
  const found = await Promise.all(pictures.map((key) => objects.head(`sites/test/${key}`)))
  return found.filter((one) => one !== undefined).length
}

test('assets that older pages name stay for so many releases, and no longer', async () => {
  await edit({'posts/a/index.md': post('A', {body: 'No sea.'}), 'posts/a/sea.jpg': undefined})
  expect(pictures.length).toBeGreaterThan(1)
  expect([...(await keptKeys(world.ledger.db, 'test'))].toSorted()).toEqual(pictures.toSorted())
  expect(await world.request('publisher', 'verify', {site: 'test'})).toMatchObject({
    counts: {missing: 0, altered: 0, stale: 0, foreign: 1},
    inDoubt: 0,
  })
  expect(await gc()).toMatchObject({assets: 0, binaries: 0, versions: 0})
  await edit({'posts/b.md': post('B')})
  expect(await picturesThere()).toBe(pictures.length)
  await edit({'posts/b.md': post('B', {body: 'Again.'})})
  expect(await picturesThere()).toBe(0)
}, 60_000)

test('files and versions that nothing names are counted, then collected, once, and what is not ours is left', async () => {
  const would = await gc({dryRun: true})
  expect(await gc({dryRun: true})).toEqual(would)
  expect(would.binaries).toBe(0)
  expect(would.waiting).toBeGreaterThan(1)
  const found = await gc()
  expect(found).toMatchObject({waiting: 0, versions: would.versions, outputs: would.outputs})
  // The author's file was named by a version that went just now.
  expect(found.binaries).toBe(would.waiting + 1)
  expect(found.versions).toBeGreaterThan(0)
  expect(await gc()).toMatchObject({assets: 0, binaries: 0, versions: 0, outputs: 0, texts: 0, fragments: 0})
  for (const key of foreign) expect(await objects.head(key)).toBeDefined()
  await expect(world.request('intake', 'rollback', {site: 'test', to: 1})).rejects.toThrow('revision.collected')
}, 60_000)

test('an asset goes at once where it must, and comes back with the page that names it', async () => {
  await edit({'theme/style.css': 'body { color: red }'})
  const [style] = await keptKeys(world.ledger.db, 'test')
  expect(await gc({withAssets: true})).toMatchObject({assets: 1})
  await edit({'theme/style.css': undefined, 'posts/a/sea.jpg': await photo(400, 600)})
  expect((await world.get(`/${style}`)).status).toBe(200)
  expect(await keptKeys(world.ledger.db, 'test')).not.toContain(style)
  expect(await publishedSite(world)).toMatchObject(await freshSite(world))
}, 60_000)

test('files that private/ has lost are fetched from the repository by the release that needs them', async () => {
  await rm(join(fileURLToPath(world.run.objectsUrl), 'private'), {recursive: true})
  await world.ledger.db.deleteFrom('image_files').execute()
  await world.ledger.db.updateTable('manifest').set({state: 'doubt'}).execute()
  await edit({'posts/b.md': post('B', {body: 'Once more.'})})
  expect(await publishedSite(world)).toMatchObject(await freshSite(world))
  expect(await world.request('publisher', 'verify', {site: 'test'})).toMatchObject({
    counts: {missing: 0, altered: 0},
    inDoubt: 0,
  })
}, 60_000)
