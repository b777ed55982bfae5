import {afterEach, expect, test} from 'vitest'
import {freePort} from '@broadside/servers'
import {until} from '@broadside/testkit'
import {startWorld, type World} from './start-world.ts'

let world: World | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

test('a site that moves to another address is built anew without a push, and mails nobody', async () => {
  world = await startWorld({
    files: {'posts/old.md': '---\ntitle: Old\n---\n\nFrom before.\n'},
    subscribers: ['ana@readers.example'],
  })
  await world.settled()
  expect((await world.get('/feed.xml')).body).toContain(`${world.run.siteUrl}posts/old/`)

  const before = world.run.siteUrl
  await world.restart({site: await freePort()})
  await until('the move is published', async () =>
    (await world!.get('/feed.xml')).body.includes(`${world!.run.siteUrl}posts/old/`),
  )
  await world.settled()

  for (const path of ['/', '/feed.xml', '/sitemap-pages.xml', '/posts/old/']) {
    expect((await world.get(path)).body, path).not.toContain(before)
  }
  expect(await world.mails()).toEqual([])
  const last = await world.ledger.db
    .selectFrom('revisions')
    .select('cause')
    .orderBy('number', 'desc')
    .executeTakeFirst()
  expect(last?.cause).toBe('settings')
})
