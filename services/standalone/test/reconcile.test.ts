import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {openObjects} from '@broadside/objects'
import {openWorld, post, withoutMail} from './open-world.ts'
import {photo} from './photo.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {Changes, World} from './start-world.ts'

const reconcile = (world: World) => world.request('publisher', 'reconcile', {site: 'test'})
const nothing = {site: 'test', outputs: 0, binaries: 0, images: 0, search: 0}

test('a wiped bucket fills itself from ledger and repository, and once', async () => {
  const files = {
    ...withoutMail,
    'posts/a.md': post('A', {body: '![sea](sea.jpg)'}),
    'posts/sea.jpg': await photo(300, 450),
    'assets/plan.txt': 'The plan.',
    'assets/b.bin': Buffer.from([1, 2]),
  }
  const world = await openWorld({files})
  await world.settled()
  expect(await reconcile(world)).toEqual(nothing)
  const before = await publishedSite(world)
  const binaries = await keptBinaries(world)
  const made = await world.ledger.db.selectFrom('image_files').select('hash').execute()
  expect(made.length).toBeGreaterThan(1)
  expect(binaries.length).toBeGreaterThan(made.length)

  const root = fileURLToPath(world.run.objectsUrl)
  for (const folder of ['sites', 'private', '.headers']) await rm(join(root, folder), {recursive: true, force: true})
  expect((await world.get('/posts/a/')).status).toBe(404)
  expect(await reconcile(world)).toMatchObject({
    outputs: Object.keys(before).length,
    binaries: 3,
    images: made.length,
  })
  const {commit} = await world.push({'posts/c.md': post('C')})
  await world.live(commit)

  expect((await world.get('/assets/plan.txt')).body).toBe('The plan.')
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  expect(await keptBinaries(world)).toEqual(binaries)
  expect(await reconcile(world)).toEqual(nothing)
})

test('what releases put while the objects are listed is not taken for lost', async () => {
  const atEndOfLists: (() => Promise<void>)[] = []
  const world = await openWorld({
    files: {...withoutMail, 'posts/a.md': post('A')},
    wrapObjects: (real) => ({
      ...real,
      async *list(prefix, options) {
        yield* real.list(prefix, options)
        await atEndOfLists.shift()?.()
      },
    }),
  })
  await world.settled()
  const publish = async (changes: Changes) => world.live((await world.push(changes)).commit)
  const sea = await photo(300, 450)
  atEndOfLists.push(
    () => publish({'posts/b.md': post('B', {body: '![sea](sea.jpg)'}), 'posts/sea.jpg': sea}),
    () => publish({'posts/c.md': post('C')}),
  )
  expect(await reconcile(world)).toEqual(nothing)
  expect(atEndOfLists).toEqual([])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

async function keptBinaries({run}: World): Promise<string[]> {
  const objects = await openObjects(run.objectsUrl)
  const keys: string[] = []
  for await (const {key} of objects.list('private/test/')) keys.push(key)
  await objects.close()
  return keys.toSorted()
}
