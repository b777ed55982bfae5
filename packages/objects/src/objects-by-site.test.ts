import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {listed} from './conformance.ts'
import {defaultHeaders, openSiteObjects, type Objects} from './index.ts'

let home: string
let objects: Objects
const ownerOf = (name: string) => name.replace(/--.*/, '')
const urlOf = (folder: string) => pathToFileURL(join(home, folder)).href
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'broadside-sites-'))
  const env = {
    BROADSIDE_SITE_RECIPES_OBJECTS_URL: urlOf('recipes'),
    BROADSIDE_SITE_BROKEN_OBJECTS_URL: 'https://no.place.for.objects/',
  }
  objects = await openSiteObjects(urlOf('common'), {env, ownerOf})
})
afterEach(async () => {
  await objects.close()
  await rm(home, {recursive: true, force: true})
})

const put = (key: string) => objects.put(key, Buffer.from(key), defaultHeaders(key))
const bodyAt = async (key: string) => Buffer.from((await objects.get(key))!.body).toString()
const filesIn = async (folder: string) => {
  const all = await readdir(join(home, folder), {recursive: true, withFileTypes: true})
  return all.filter((one) => one.isFile()).map(({name}) => name)
}

test('what belongs to a site with a place of its own lies there, and nothing else does', async () => {
  await put('sites/recipes/soup.html')
  await put('private/recipes/soup.jpg')
  await put('sites/notes/tide.html')
  expect(await filesIn('recipes')).toEqual(expect.arrayContaining(['soup.html', 'soup.jpg']))
  expect(await filesIn('common')).toEqual(['tide.html'])
  expect(await Promise.all(['sites/recipes/soup.html', 'sites/notes/tide.html'].map(bodyAt))).toEqual([
    'sites/recipes/soup.html',
    'sites/notes/tide.html',
  ])
  expect((await listed(objects, 'sites/recipes/')).map(({key}) => key)).toEqual(['sites/recipes/soup.html'])
})

test('what a preview has lies beside its site', async () => {
  await put('private/recipes--0123456789abcdef/soup.jpg')
  expect(await filesIn('recipes')).toEqual(['soup.jpg'])
})

test('keys of several sites are removed each from its own place', async () => {
  const keys = ['sites/recipes/soup.html', 'sites/notes/tide.html', 'sites/recipes/cake.html']
  for (const key of keys) await put(key)
  await objects.delete(keys)
  expect([await filesIn('recipes'), await filesIn('common')]).toEqual([[], []])
})

test('a place that cannot be opened fails the calls of its own site alone', async () => {
  await expect(put('sites/broken/a.html')).rejects.toMatchObject({kind: 'invalid', code: 'config.invalid'})
  await expect(put('sites/broken/a.html')).rejects.toThrow('BROADSIDE_SITE_BROKEN_OBJECTS_URL')
  await put('sites/notes/tide.html')
  expect(await filesIn('common')).toEqual(['tide.html'])
})

test('a list over several sites is refused, since it would lack those elsewhere', async () => {
  await expect(listed(objects, 'sites/')).rejects.toMatchObject({code: 'objects.key'})
})

test('a key of a site needs its secret', async () => {
  const env = {BROADSIDE_SITE_RECIPES_OBJECTS_URL: urlOf('r'), BROADSIDE_SITE_RECIPES_OBJECTS_KEY_ID: 'recipes'}
  const half = await openSiteObjects(urlOf('common'), {env})
  await expect(half.head('sites/recipes/soup.html')).rejects.toThrow(
    'BROADSIDE_SITE_RECIPES_OBJECTS_SECRET go together',
  )
  await half.close()
})
