import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {manifestAt} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {createCaptureServer, type CaptureServer} from '@broadside/smtp'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'

const readers = ['ana@readers.example', 'ben@readers.example', 'cleo@readers.example']

test('when a mail arrives its page answers with the bytes of the live manifest, and so do front page and feeds', async () => {
  const capture = await openCapture()
  const world = await openWorld({
    files: {'posts/old.md': post('Old')},
    subscribers: readers,
    smtpUrl: capture.url,
  })
  await world.settled()

  const seen: Promise<{path: string; status: number; right: boolean; hasPost: boolean}[]>[] = []
  const paths = {'/posts/new/': 'posts/new/index.html', '/': 'index.html', '/feed.xml': 'feed.xml'}
  capture.onMessage(() => {
    const looks = Object.entries(paths).map(async ([path, key]) => {
      const {status, body} = await world.get(path)
      const row = (await manifestAt(world.ledger.db, 'test', [key])).get(key)
      return {
        path,
        status,
        right: row?.state === 'live' && sha256(body) === row.hash,
        hasPost: body.includes('Fresh ink.'),
      }
    })
    seen.push(Promise.all(looks))
  })
  world.objects.putMs = 50
  await world.push({'posts/new.md': post('New', {body: 'Fresh ink.', tags: '[ink, paper]'})})
  await world.settled()

  const looks = await Promise.all(seen)
  expect(looks).toHaveLength(readers.length)
  for (const look of looks) {
    expect(look).toEqual(Object.keys(paths).map((path) => ({path, status: 200, right: true, hasPost: true})))
  }
})

test('while a release cannot be proven nothing is mailed, and the mail goes out once its page is there', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  let isBroken = true
  world.objects.beforePut = (key) => {
    if (isBroken && key.endsWith('feed.xml')) throw new Error('the disk is full')
  }
  await world.push({'posts/new.md': post('New')})
  await until('the release is in trouble', () =>
    world.ledger.db.selectFrom('releases').select('number').where('trouble', 'is not', null).executeTakeFirst(),
  )
  expect((await world.get('/posts/new/')).status).toBe(200)
  expect(await world.ledger.db.selectFrom('editions').select('id').execute()).toEqual([])
  expect(await world.mails()).toEqual([])

  isBroken = false
  await world.settled()
  expect((await world.mails()).map(({to}) => to[0]).toSorted()).toEqual(readers)
})

async function openCapture(): Promise<CaptureServer> {
  const dir = await mkdtemp(join(tmpdir(), 'broadside-capture-'))
  const capture = await createCaptureServer({dir})
  onTestFinished(async () => {
    await capture.close()
    await rm(dir, {recursive: true, force: true})
  })
  return capture
}
