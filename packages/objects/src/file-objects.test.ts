import {chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {listed, testObjects} from './conformance.ts'
import {defaultHeaders, openObjects} from './index.ts'
import {explainFileError} from './file-error.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside objects '))
})
afterAll(() => rm(root, {recursive: true, force: true}))

const newFolder = () => mkdtemp(join(root, 'site '))
const open = (folder: string) => openObjects(pathToFileURL(folder).href)
const body = new TextEncoder().encode('hello')
const page = defaultHeaders('index.html')

testObjects('files', async () => await open(await newFolder()), {
  refusesFileAndFolder: 'a file system has one entry by a name',
})

describe('objects in files', () => {
  test('are plain files at their key, which any web server can serve', async () => {
    const folder = await newFolder()
    await (await open(folder)).put('posts/hello/index.html', body, page)
    expect(await readFile(join(folder, 'posts/hello/index.html'), 'utf8')).toBe('hello')
    expect(await readdir(folder, {recursive: true})).toEqual(
      expect.not.arrayContaining([expect.stringContaining('.json')]),
    )
  })

  test('with headers of their own keep them beside, until they get the default ones or go', async () => {
    const folder = await newFolder()
    const objects = await open(folder)
    const sidecars = async () =>
      (await readdir(join(folder, '.headers'), {recursive: true}).catch(() => [])).filter((name) =>
        name.endsWith('.json'),
      )
    await objects.put('x.html', body, {...page, cacheControl: 'no-store'})
    expect(await sidecars()).toHaveLength(1)
    await objects.put('x.html', body, page)
    expect(await sidecars()).toEqual([])
    await objects.put('x.html', body, {...page, redirectLocation: '/y'})
    await objects.delete(['x.html'])
    expect(await sidecars()).toEqual([])
    expect(await (await open(folder)).head('x.html')).toBeUndefined()
  })

  test('leave no empty folders, no temporary files, and never remove the root', async () => {
    const folder = await newFolder()
    const objects = await open(folder)
    await objects.put('a/b/c/one.html', body, page)
    await objects.put('a/two.html', body, page)
    await objects.delete(['a/b/c/one.html'])
    expect(await readdir(join(folder, 'a'))).toEqual(['two.html'])
    await objects.delete(['a/two.html'])
    expect(await readdir(folder, {recursive: true})).toEqual(['.tmp'])
  })

  test('say so when a file and a folder would need one name', async () => {
    const objects = await open(await newFolder())
    await objects.put('x', body, page)
    await objects.put('y/index.html', body, page)
    const conflict = {kind: 'invalid', code: 'objects.key-conflict'}
    await expect(objects.put('x/index.html', body, page)).rejects.toMatchObject(conflict)
    await expect(objects.put('y', body, page)).rejects.toMatchObject(conflict)
    expect(await objects.get('y')).toBeUndefined()
    await objects.delete(['y'])
    expect(await objects.get('y/index.html')).toMatchObject({body})
  })

  test('take the place of an empty folder that a killed delete left', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'left'))
    const objects = await open(folder)
    await objects.put('left', body, page)
    expect(await objects.get('left')).toMatchObject({body})
  })

  test('are written again where somebody removed the folder that they had been in', async () => {
    const folder = await newFolder()
    const objects = await open(folder)
    await objects.put('a/b/one.html', body, page)
    await rm(join(folder, 'a'), {recursive: true})
    await objects.put('a/b/two.html', body, page)
    expect(await readdir(join(folder, 'a/b'))).toEqual(['two.html'])
  })

  test('cannot be reached in the folders that Broadside keeps for itself, nor are those listed', async () => {
    const objects = await open(await newFolder())
    await objects.put('x.html', body, {...page, cacheControl: 'no-store'})
    const refused = {kind: 'invalid', code: 'objects.key'}
    await expect(objects.put('.tmp/x', body, page)).rejects.toMatchObject(refused)
    await expect(objects.get('.headers/x')).rejects.toMatchObject(refused)
    await expect(objects.put(`${'x'.repeat(256)}.html`, body, page)).rejects.toMatchObject(refused)
    expect((await listed(objects, '')).map(({key}) => key)).toEqual(['x.html'])
  })

  test('do not list what symbolic links lead to', async () => {
    const folder = await newFolder()
    const objects = await open(folder)
    await symlink(root, join(folder, 'out'))
    expect(await listed(objects, '')).toEqual([])
  })

  test('opened again keep everything, and old leftovers of a killed process go', async () => {
    const folder = await newFolder()
    await (await open(folder)).put('x.html', body, {...page, cacheControl: 'no-store'})
    const [old, young] = [join(folder, '.tmp/old'), join(folder, '.tmp/young')]
    for (const file of [old, young]) await writeFile(file, 'half')
    const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000)
    await utimes(old, twoHoursAgo, twoHoursAgo)
    const objects = await open(folder)
    expect(await readdir(join(folder, '.tmp'))).toEqual(['young'])
    expect(await objects.get('x.html')).toMatchObject({body, headers: {cacheControl: 'no-store'}})
  })

  test('on a full or forbidden disk end in errors that say whose turn it is', async () => {
    const fail = (code: string) => explainFileError(Object.assign(new Error(code), {code}), 'write x')
    expect(fail('ENOSPC')).toMatchObject({
      kind: 'transient',
      code: 'objects.full',
      hint: expect.stringContaining('space'),
    })
    expect(fail('EACCES')).toMatchObject({kind: 'invalid', code: 'objects.denied'})
    expect(fail('EROFS')).toMatchObject({kind: 'invalid', code: 'objects.denied'})
    expect(fail('EMFILE')).toMatchObject({kind: 'transient', code: 'objects.busy'})
    expect(fail('EIO')).toMatchObject({kind: 'transient', code: 'objects.failed'})
  })

  test('below a folder that cannot be written are refused when opened', async () => {
    const folder = await newFolder()
    await chmod(folder, 0o555)
    // Root may write anywhere, so for the length of the call it is somebody else.
    const user = process.geteuid?.()
    if (user === 0) process.seteuid?.(65_534)
    try {
      await expect(open(folder)).rejects.toMatchObject({kind: 'invalid', code: 'objects.denied'})
    } finally {
      if (user === 0) process.seteuid?.(0)
    }
  })

  test('in a place that is a file are refused when opened', async () => {
    const file = join(await newFolder(), 'file')
    await writeFile(file, '')
    await expect(open(file)).rejects.toMatchObject({kind: 'invalid', code: 'objects.key-conflict'})
  })
})
