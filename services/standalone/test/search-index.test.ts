import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {isDeepStrictEqual} from 'node:util'
import {openSiteView, searchFilesOf, searchIndexOf} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {buildSearchIndex} from '@broadside/site'
import type {VerifyReport} from '@broadside/service-publisher'
import {until} from '@broadside/testkit'
import {expect, test} from 'vitest'
import {openWorld, post, withoutMail} from './open-world.ts'
import type {World} from './start-world.ts'

const decoder = new TextDecoder()
const indexKey = /^sites\/test\/search\/[^/]+\.json$/

/** Key to bytes of the index in the objects. */
async function indexThere({run}: World): Promise<Record<string, string>> {
  const objects = await openObjects(run.objectsUrl)
  const files: Record<string, string> = {}
  for await (const {key} of objects.list('sites/test/search/')) {
    if (indexKey.test(key)) files[key.slice('sites/test/'.length)] = decoder.decode((await objects.get(key))?.body)
  }
  await objects.close()
  return files
}

/** The same, made anew from the revision that the index is recorded to be of. */
async function freshIndex({ledger}: World): Promise<Record<string, string>> {
  const {revision} = await searchIndexOf(ledger.db, 'test')
  const files: Record<string, string> = {}
  for await (const {key, body} of buildSearchIndex(await openSiteView(ledger.db, 'test', revision))) {
    files[key] = decoder.decode(body)
  }
  return files
}

/** Waits until the index is that of the commit, and has nothing left to remove. */
async function indexed(world: World, commit: string): Promise<void> {
  const {db} = world.ledger
  await until(`the index of ${commit}`, async () => {
    const row = await db.selectFrom('revisions').select('number').where('commit_id', '=', commit).executeTakeFirst()
    const index = await searchIndexOf(db, 'test')
    return row !== undefined && index.revision === row.number && index.tidy_at === null && index.lease_until === 0
  })
}

test('the index follows the pages, outlives failures, stays when nothing changed, and goes when it is not wanted', async () => {
  const world = await openWorld({
    searchQuietMs: 300,
    files: {...withoutMail, 'posts/a.md': post('Ink', {date: '2026-09-01'}), 'pages/about.md': post('About')},
  })
  await indexed(world, await world.repo.git('rev-parse', 'HEAD'))
  const first = await indexThere(world)
  expect(first).toEqual(await freshIndex(world))
  expect(Object.values(first).join('')).toContain('"ink"')
  expect((await world.get('/search/')).body).toContain('data-search="/search/"')
  expect((await world.get('/search/index.json')).headers.get('cache-control')).toBe(
    'public, max-age=0, must-revalidate',
  )

  // An entry that names a file which is not there yet would be a dangling link.
  let failures = 2
  world.objects.beforePut = (key) => {
    if (!indexKey.test(key) || failures === 0) return undefined
    failures -= 1
    throw new Error('the disk has a hole here')
  }
  world.objects.puts.length = 0
  const {commit} = await world.push({'posts/b.md': post('Lead', {date: '2026-09-02'})})
  await indexed(world, commit)
  const second = await indexThere(world)
  expect(second).toEqual(await freshIndex(world))
  expect(Object.values(second).join('')).toContain('"lead"')
  const puts = world.objects.puts.map(({key}) => key).filter((key) => indexKey.test(key))
  expect(puts.at(-1)).toBe('sites/test/search/index.json')
  expect(puts.filter((key) => key.endsWith('index.json'))).toHaveLength(1)
  const known = await searchFilesOf(world.ledger.db, 'test')
  expect([...known.keys()].map((name) => `search/${name}`).toSorted()).toEqual(Object.keys(second).toSorted())

  const whole = (await world.request('publisher', 'verify', {site: 'test'})) as VerifyReport
  expect(whole.faults).toEqual([])
  const at = (key: string) => join(fileURLToPath(world.run.objectsUrl), 'sites/test', key)
  const lost = Object.keys(second).find((key) => key !== 'search/index.json')!
  await rm(at(lost))
  await writeFile(at('search/index.json'), '{}')
  const found = (await world.request('publisher', 'verify', {site: 'test', repair: true})) as VerifyReport
  expect(found.faults).toEqual([
    {fault: 'missing', path: `/${lost}`},
    {fault: 'altered', path: '/search/index.json'},
  ])
  await until('the index is whole again', async () => isDeepStrictEqual(await indexThere(world), second))
  await indexed(world, commit)

  world.objects.puts.length = 0
  await indexed(world, (await world.push({})).commit)
  expect(world.objects.puts.map(({key}) => key)).toEqual([])

  const off = await world.push({'broadside.yaml': `${withoutMail['broadside.yaml']}search: false\n`})
  await indexed(world, off.commit)
  expect(await indexThere(world)).toEqual({})
  expect((await world.get('/search/')).status).toBe(404)
  expect((await world.get('/')).body).not.toContain('/search/')
})
