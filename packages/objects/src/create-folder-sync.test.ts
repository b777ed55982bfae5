import {expect, test} from 'vitest'
import {createFolderSync} from './create-folder-sync.ts'

/** Syncs that end when they are let go, in the order in which they began. */
function held() {
  const begun: string[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const sync = (folder: string) => {
    begun.push(folder)
    const end = Promise.withResolvers<void>()
    ends.push(end)
    return end.promise
  }
  const next = async () => {
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
    return ends.shift()!
  }
  return {begun, next, syncFolders: createFolderSync(sync)}
}

test('all who ask while a folder is being synced share the next sync, which begins afterwards', async () => {
  const {begun, next, syncFolders} = held()
  const first = syncFolders(['posts'])
  const underWay = await next()
  const others = [syncFolders(['posts']), syncFolders(['posts', 'posts/a']), syncFolders(['posts/a'])]
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toEqual(['posts'])
  underWay.resolve()
  await first
  for (const _ of [1, 2]) (await next()).resolve()
  await Promise.all(others)
  expect(begun).toEqual(['posts', 'posts', 'posts/a'])
})

test('a folder that cannot be synced fails those who asked for it, and the next round goes on', async () => {
  const {next, syncFolders} = held()
  const broken = syncFolders(['posts', 'posts/a'])
  const whole = syncFolders(['posts'])
  void broken.catch(() => undefined)
  const [posts, folder] = [await next(), await next()]
  folder.reject(new Error('EIO'))
  posts.resolve()
  await whole
  await expect(broken).rejects.toThrow('EIO')
  const again = syncFolders(['posts/a'])
  ;(await next()).resolve()
  await again
})
