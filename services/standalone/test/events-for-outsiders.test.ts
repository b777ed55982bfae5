import {expect, test} from 'vitest'
import {maxEventBytes, parseEvent} from '@broadside/contracts'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {hearAll} from './outside-listener.ts'
import {freshSite, publishedSite} from './published-site.ts'

test('an outside listener hears each fact once, in words of the catalogue, without a mail address', async () => {
  const readers = ['ana@readers.example', 'ben@readers.example']
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  await world.push({'posts/a.md': post('A')})
  await world.settled()
  await world.restart()
  await world.push({'posts/a.md': post('A', {body: 'Other words.'}), 'posts/old.md': undefined})
  await world.settled()
  await until('the edition is told of', async () =>
    (await hearAll(world.servers.urls.nats)).some(({subject}) => subject.endsWith('edition.completed')),
  )
  const heard = await hearAll(world.servers.urls.nats)

  const kinds: Record<string, number> = {}
  for (const {subject, body, msgId} of heard) {
    const event = parseEvent(body)
    expect(subject).toBe(`broadside.v1.test.${event.name}`)
    expect(event).toMatchObject({specversion: '1.0', id: msgId, subject, type: `broadside.v1.${event.name}`})
    expect(body).not.toContain('readers.example')
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxEventBytes)
    kinds[event.name] = (kinds[event.name] ?? 0) + 1
  }
  expect(new Set(heard.map(({msgId}) => msgId)).size).toBe(heard.length)
  expect(kinds).toEqual({
    'post.published': 2,
    'post.updated': 1,
    'post.removed': 1,
    'revision.accepted': 3,
    'revision.rendered': 3,
    'release.live': 3,
    'edition.completed': 1,
  })
})

test('a push of many files with long names is told of within the limit of an event', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}})
  await world.settled()
  const folder = ['assets', ...Array.from({length: 3}, (_, level) => `${level}`.repeat(200))].join('/')
  const files = Object.fromEntries(Array.from({length: 205}, (_, n) => [`${folder}/${n}.txt`, 'The same.\n']))
  const {commit} = await world.push(files)
  await world.live(commit)
  await world.settled()
  const accepted = (await hearAll(world.servers.urls.nats)).filter(({subject}) => subject.endsWith('revision.accepted'))
  expect(accepted).toHaveLength(2)
  for (const {body} of accepted) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxEventBytes)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})
