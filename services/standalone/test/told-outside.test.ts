import {createFaultyHttp, until} from '@broadside/testkit'
import {expect, onTestFinished, test, vi} from 'vitest'
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

test('the author of a push that fails has one mail about it, where the site wants it and the operator allows it', async () => {
  vi.stubEnv('BROADSIDE_SITE_TEST_AUTHOR_DOMAINS', 'elsewhere.example, Example.org')
  onTestFinished(() => void vi.unstubAllEnvs())
  const settings = (notify: string) => ({'broadside.yaml': `title: Test site\ntimezone: UTC\n${notify}`})
  const broken = '---\ntitle: "open\n---\n\nText.\n'
  const world = await openWorld({files: {...settings(''), 'posts/old.md': post('Old')}})
  await world.settled()
  const authors = () => world.ledger.db.selectFrom('push_authors').selectAll().execute()

  await world.push({'posts/a.md': broken})
  await world.settled()
  expect(await authors()).toEqual([])

  await world.push({...settings('notify: {failures: true}\n'), 'posts/a.md': undefined, 'posts/b.md': broken})
  const [mail] = await until('the mail is there', async () => {
    const mails = await world.mails()
    return mails.length > 0 && mails
  })
  expect(mail).toMatchObject({to: ['author@example.org'], subject: 'Not all of your push to Test site is published'})
  const {commit} = await world.push({'posts/b.md': post('B')})
  await world.live(commit)
  await until('no address is kept', async () => (await authors()).length === 0)
  expect(await world.mails()).toHaveLength(1)

  vi.stubEnv('BROADSIDE_SITE_TEST_AUTHOR_DOMAINS', 'elsewhere.example')
  await world.push({'posts/c.md': broken})
  await world.settled()
  expect(await authors()).toEqual([])
  expect(await world.mails()).toHaveLength(1)
})
