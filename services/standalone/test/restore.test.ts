import {renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {readyBackup, writeBackup} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

test('a restored ledger catches up with its branch, and mails nobody twice before somebody has looked', async () => {
  const world = await openWorld({files: {'posts/a.md': post('A')}, subscribers: ['ana@readers.example']})
  await world.settled()
  await world.push({'posts/b.md': post('B')})
  await world.settled()
  const copy = join(world.home, 'copy.db')
  await writeBackup(world.ledger, copy, {madeAt: Date.parse('2026-11-20T12:00:00Z')})
  await world.push({'posts/c.md': post('C')})
  await world.settled()
  expect(await subjects(world)).toEqual(['B', 'C'])
  const before = await publishedSite(world)

  await readyBackup(copy)
  // Numbers of revisions and releases come again, and what waits under them is of another time.
  await world.servers.flushRedis()
  await world.servers.deleteStream()
  const ledger = join(world.home, 'ledger.db')
  await world.restart({
    meanwhile() {
      for (const end of ['-wal', '-shm']) rmSync(`${ledger}${end}`, {force: true})
      renameSync(copy, ledger)
    },
  })
  await until('what came after the copy is asked about', async () => (await edition(world, 'C'))?.state === 'held')
  expect((await edition(world, 'C'))?.reason).toBe('restored from a backup of 2026-11-20T12:00:00.000Z')
  expect(await publishedSite(world)).toEqual(before)

  const {commit} = await world.push({'posts/d.md': post('D')})
  await world.live(commit)
  await until('so is what is new', async () => (await edition(world, 'D'))?.state === 'held')
  await world.request('newsletter', 'approve', {edition: '/posts/d/'})
  expect((await edition(world, 'D'))?.state).toBe('freezing')
  await world.request('newsletter', 'cancel', {edition: '/posts/c/'})
  expect(await subjects(world)).toEqual(['B', 'C'])

  expect(await world.request('newsletter', 'arm', {})).toEqual({armed: true})
  await until('it goes', async () => (await subjects(world)).includes('D'))
  expect(await subjects(world)).toEqual(['B', 'C', 'D'])
  expect(await world.request('newsletter', 'arm', {})).toEqual({armed: false})
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

async function subjects(world: World): Promise<string[]> {
  return (await world.mails()).map(({subject}) => subject).toSorted()
}

async function edition(world: World, subject: string) {
  return world.ledger.db.selectFrom('editions').selectAll().where('subject', '=', subject).executeTakeFirst()
}
