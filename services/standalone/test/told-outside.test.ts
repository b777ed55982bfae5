import {createFaultyHttp, until} from '@broadside/testkit'
import {expect, onTestFinished, test} from 'vitest'
import {openWorld, post} from './open-world.ts'

test('a push tells the hub of each feed that it changed, once the feed is there, and of no other', async () => {
  const seen: {feed: string; body: string}[] = []
  const hub = await createFaultyHttp()
  onTestFinished(() => hub.close())
  const world = await openWorld({
    files: {
      'broadside.yaml': `title: Test site\ntimezone: UTC\nfeeds:\n  hub: ${hub.url}/\n`,
      'posts/old.md': post('Old', {tags: '[before]'}),
    },
    privateHubs: ['127.0.0.1'],
  })
  const effectsOf = (release: number, states: string[]) =>
    until(`the effects of release ${release} are ${states.join(' or ')}`, async () => {
      const rows = await world.ledger.db.selectFrom('effects').selectAll().where('version', '=', release).execute()
      return rows.length > 0 && rows.every(({state}) => states.includes(state)) && rows
    })
  await world.settled()
  await effectsOf(1, ['done', 'superseded'])
  const before = hub.requests.length

  const {commit} = await world.push({'posts/new.md': post('New', {tags: '[after]'})})
  await world.live(commit)
  const told = await effectsOf(2, ['done'])
  const {headers} = await fetch(told[0]!.subject)
  expect(headers.get('link')).toBe(`<${hub.url}/>; rel="hub", <${told[0]!.subject}>; rel="self"`)
  for (const {subject} of told) seen.push({feed: new URL(subject).pathname, body: await (await fetch(subject)).text()})
  const names = ['atom.xml', 'feed.json', 'feed.xml']
  expect(seen.map(({feed}) => feed).toSorted()).toEqual(
    [...names.map((name) => `/${name}`), ...names.map((name) => `/tags/after/${name}`)].toSorted(),
  )
  for (const {feed, body} of seen) expect(body, feed).toContain('posts/new/')
  expect(
    hub.requests
      .slice(before)
      .map(({body}) => new URLSearchParams(body).get('hub.url'))
      .toSorted(),
  ).toEqual(told.map(({subject}) => subject).toSorted())
})
