import {writeFile} from 'node:fs/promises'
import {setTimeout as pause} from 'node:timers/promises'
import {join} from 'node:path'
import {
  ensureSite,
  fixBoundary,
  openEdition,
  recordByAddress,
  savePreferences,
  serveRequests,
  settleDeliveries,
  tellProgress,
  type RequestHandler,
} from '@broadside/ledger'
import {BroadsideError, createLogger, systemClock, type Service} from '@broadside/runtime'
import {parseAddress, type SubscriberEvent} from '@broadside/subscribers'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {runCli} from './test-cli.ts'
import {createInstallation, siteName, type TestInstallation} from './test-installation.ts'

let installed: TestInstallation
const services: Service[] = []
beforeEach(async () => {
  installed = await createInstallation()
})
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop()
  await installed.close()
})

/** Answers requests as a running service would; gives what was asked. */
async function serve(service: string, handlers: Record<string, RequestHandler>): Promise<unknown[]> {
  const asked: unknown[] = []
  const noting = Object.entries(handlers).map(([kind, handler]) => {
    const noted: RequestHandler = (payload, request) => {
      asked.push({kind, payload})
      return handler(payload, request)
    }
    return [kind, noted] as const
  })
  const log = createLogger({service, level: 'silent'})
  const {ledger} = installed
  const running = serveRequests({
    ledger,
    service,
    handlers: Object.fromEntries(noting),
    log,
    clock: systemClock,
    everyMs: 20,
  })
  services.push(running)
  await running.start()
  return asked
}

const cli = (argv: string[], patienceMs = 10_000) => runCli(argv, {env: installed.env, cwd: installed.home, patienceMs})

async function subscribe(address: string, event: SubscriberEvent, name?: string): Promise<void> {
  await recordByAddress(installed.ledger.db, siteName, {
    address: parseAddress(address),
    name,
    newId: address.slice(0, 3),
    event,
    cause: 'test',
    now: Date.parse('2026-11-02T10:00:00Z'),
  })
}

describe('publish', () => {
  test('asks intake, and prints the answer that a push gets', async () => {
    const summary = {
      counts: {published: 1, updated: 0, removed: 0, broken: 1},
      drafts: 0,
      scheduled: [],
      problems: [{place: 'posts/x.md:3:7', message: 'A quote is open.', cure: 'Close it.'}],
      mail: {decision: 'at-once', why: 'one new post', people: 214, posts: 1},
    }
    await writeFile(join(installed.home, 'run.json'), JSON.stringify({consoleUrl: 'http://127.0.0.1:4002/'}))
    const asked = await serve('intake', {publish: async () => ({number: 12, summary})})
    expect(await cli(['publish'])).toEqual({
      code: 0,
      err: '',
      out:
        'revision 12: 1 new, 1 broken at posts/x.md:3:7; mail: 214 people, at once; ' +
        'http://127.0.0.1:4002/sites/notes/revisions/12\n  posts/x.md:3:7 A quote is open. → Close it.\n',
    })
    expect(asked).toEqual([{kind: 'publish', payload: {site: siteName}}])
  })

  test('says so when nothing is new', async () => {
    await serve('intake', {publish: async () => null})
    expect(await cli(['publish', siteName])).toMatchObject({code: 0, out: 'nothing new to publish\n'})
    expect(await cli(['publish', '--json'])).toMatchObject({code: 0, out: 'null\n'})
  })

  test('keeps the request where nobody answers, says so, and ends with 75', async () => {
    const {code, out, err} = await cli(['publish'], 100)
    expect({code, out}).toEqual({code: 75, out: ''})
    expect(err).toContain('Request 1 is kept, and carried out when intake runs')
    const asked = await serve('intake', {publish: async () => null})
    await expect.poll(() => asked.length).toBe(1)
  })

  test('ends as the service says it must', async () => {
    await serve('intake', {
      async publish() {
        throw new BroadsideError('invalid', 'git.remote.refused', 'The remote is not one to fetch from', {
          hint: 'Fix it',
        })
      },
    })
    expect(await cli(['publish'])).toEqual({
      code: 2,
      out: '',
      err: 'broadside: The remote is not one to fetch from. Fix it\n',
    })
  })

  test('asks which site is meant where there are two', async () => {
    const urls = {site_url: 'https://b.example/', audience_url: 'https://b.example/'}
    await ensureSite(installed.ledger.db, {name: 'other', remote: '/r', branch: 'main', ...urls}, {id: 'b', now: 0})
    const {code, err} = await cli(['publish'])
    expect(code).toBe(2)
    expect(err).toContain('Name one of notes, other')
    expect((await cli(['publish', 'third'])).err).toContain('there is no site "third"')
  })
})

describe('subscribers', () => {
  test('add and remove ask audience, and only with an address that is one', async () => {
    const asked = await serve('audience', {
      'subscribers.add': async () => {
        await subscribe('ann@example.org', 'vouched', 'Ann Lee')
        return {id: 'ann', state: 'active', added: asked.length === 1}
      },
      'subscribers.erase': async () => null,
    })
    expect(await cli(['subscribers', 'add', 'ann@Example.org', '--name', 'Ann Lee'])).toMatchObject({
      code: 0,
      out: 'ann@example.org gets the mail of notes now; 1 active in all\n',
    })
    const again = await cli(['subscribers', 'add', 'ann@example.org'])
    expect(again.out).toBe('ann@example.org gets the mail of notes already; 1 active in all\n')
    expect(await cli(['subscribers', 'remove', 'ann@example.org'])).toMatchObject({code: 0})
    expect(await cli(['subscribers', 'erase', 'ann@example.org'])).toMatchObject({code: 0})
    expect(await cli(['subscribers', 'add', 'ann@example.org, bob@example.org'])).toMatchObject({code: 2})
    expect(asked).toEqual([
      {kind: 'subscribers.add', payload: {site: siteName, address: 'ann@example.org', name: 'Ann Lee'}},
      {kind: 'subscribers.add', payload: {site: siteName, address: 'ann@example.org'}},
      {kind: 'subscribers.erase', payload: {site: siteName, address: 'ann@example.org'}},
      {kind: 'subscribers.erase', payload: {site: siteName, address: 'ann@example.org'}},
    ])
  })

  test('why tells what happened with somebody, and with one edition of all', async () => {
    const {db} = installed.ledger
    await subscribe('ann@example.org', 'vouched')
    await subscribe('bob@example.org', 'signed-up')
    const about = {site: siteName, revision: 1, release: 1, state: 'freezing', reason: null} as const
    for (const post of ['one', 'two']) await openEdition(db, {...about, id: `e-${post}`, post, subject: post}, 5)
    await fixBoundary(db, 'e-one')
    await db.updateTable('editions').set({state: 'sending', frozen_at: 6}).where('id', '=', 'e-one').execute()
    const row = {edition: 'e-one', subscriber: 'ann', worker: 'w', lease_until: 99, next_at: 0, changed_at: 0}
    await db
      .insertInto('deliveries')
      .values({...row, state: 'submitting', attempt: 1, reply: null})
      .execute()
    const settled = {subscriber: 'ann', attempt: 1, nextAt: 8}
    const settle = async (now: number, state: 'deferred' | 'accepted', reply: string) => {
      await db.updateTable('deliveries').set({state: 'submitting', worker: 'w'}).execute()
      await settleDeliveries(db, 'e-one', {worker: 'w', now, settled: [{...settled, state, reply}]})
    }
    await settle(7, 'deferred', '450 4.2.1 greylisted')
    await settle(8, 'accepted', '250 ok')
    const why = async (...argv: string[]) => (await cli(['subscribers', 'why', ...argv])).out.split('\n')
    const name = 'edition e-one “one”'
    expect(await why('ann@example.org')).toEqual([
      'ann@example.org is active (ann)',
      `  1970-01-01T00:00:00.006Z  ${name}  is in its audience`,
      `  1970-01-01T00:00:00.007Z  ${name}  deferred: 450 4.2.1 greylisted`,
      `  1970-01-01T00:00:00.008Z  ${name}  accepted: 250 ok`,
      '  2026-11-02T10:00:00.000Z  active  vouched, by test',
      '',
    ])
    expect(await why('bob@example.org', 'e-one')).toContain(
      `  1970-01-01T00:00:00.006Z  ${name}  is not in its audience: was pending when it was fixed`,
    )
    expect((await why('ann@example.org', 'e-two'))[1]).toContain('has no audience, it is freezing')
  })

  test('list shows everybody, or those in one state', async () => {
    await subscribe('ann@example.org', 'vouched', 'Ann Lee')
    await subscribe('bob@example.org', 'signed-up')
    expect(await cli(['subscribers', 'list'])).toEqual({
      code: 0,
      out: 'ann@example.org  active  2026-11-02  Ann Lee\nbob@example.org  pending  2026-11-02\n',
      err: '2 subscribers of notes\n',
    })
    const {out} = await cli(['subscribers', 'list', '--state', 'active', '--json'])
    const ann = {id: 'ann', address: 'ann@example.org', name: 'Ann Lee', state: 'active'}
    expect(JSON.parse(out)).toEqual([{...ann, createdAt: '2026-11-02T10:00:00.000Z'}])
    expect((await cli(['subscribers', 'list', '--state', 'bounced', '--json'])).out).toBe('[]\n')
    expect(await cli(['subscribers', 'list', '--state', 'happy'])).toMatchObject({code: 2})
  })

  test('export writes CSV, to the terminal or whole into a file', async () => {
    await subscribe('ann@example.org', 'vouched', '=cmd, Ann')
    const preferences = {cadence: 'daily', timezone: 'Asia/Tokyo', topics: ['tag:nats']} as const
    const told = {id: 'ann', preferences, cause: 'test', now: 1}
    await installed.ledger.transaction((tx) => savePreferences(tx, siteName, told))
    const csv =
      'email,name,status,created_at,cadence,time_zone,topics\r\n' +
      'ann@example.org,"\'=cmd, Ann",active,2026-11-02T10:00:00.000Z,daily,Asia/Tokyo,tag:nats\r\n'
    expect((await cli(['subscribers', 'export'])).out).toBe(csv)
    const {err} = await cli(['subscribers', 'export', '--out', 'list.csv'])
    expect(err).toBe(`1 subscriber of notes in ${join(installed.home, 'list.csv')}\n`)
    expect(await cli(['subscribers', 'export', '--out', 'no/such/folder/list.csv'])).toMatchObject({code: 2})
  })

  test('import is waited for as long as it moves, and no longer', async () => {
    await writeFile(join(installed.home, 'list.csv'), 'email\n')
    const outcome = {dryRun: false, rows: 0, added: {}, changed: {}, unchanged: 0, refused: 0, reasons: []}
    const moves = [1, 2, 3, 4, 5, 6]
    await serve('audience', {
      'subscribers.import': async (_, {id}) => {
        for (const done of moves) {
          await tellProgress(installed.ledger.db, id, {done, total: 6})
          await pause(300)
        }
        return outcome
      },
    })
    const {code, out} = await cli(['subscribers', 'import', 'list.csv', '--yes'], 1_500)
    expect([code, out]).toEqual([0, expect.stringContaining('0 rows read from list.csv')])
    moves.length = 1
    moves.push(...Array.from({length: 6}, () => 1))
    expect(await cli(['subscribers', 'import', 'list.csv', '--yes'], 1_500)).toMatchObject({code: 75})
  })

  test('import changes nothing without --yes, and says what it would do', async () => {
    await writeFile(join(installed.home, 'list.csv'), 'email\nann@example.org\nnobody\n')
    const path = join(installed.home, 'list.csv')
    const reasons = [{line: 3, reason: 'it has no @'}]
    const counts = {added: {active: 2, unsubscribed: 1}, changed: {}, unchanged: 4, refused: 2}
    const outcome = {dryRun: true, rows: 9, ...counts, reasons}
    const asked = await serve('audience', {'subscribers.import': async () => outcome})
    expect(await cli(['subscribers', 'import', 'list.csv'])).toEqual({
      code: 0,
      out:
        '9 rows read from list.csv; nothing is changed yet\n3 new (2 active, 1 unsubscribed)\n0 changed\n' +
        '4 unchanged\n2 refused\n  list.csv:3 it has no @\n  and 1 more\n',
      err: 'add --yes to do it\n',
    })
    expect((await cli(['subscribers', 'import', 'list.csv', '--yes', '--json'])).out).toBe(
      `${JSON.stringify(outcome, null, 2)}\n`,
    )
    expect(await cli(['subscribers', 'import', 'none.csv'])).toMatchObject({code: 2})
    expect(asked).toEqual([
      {kind: 'subscribers.import', payload: {site: siteName, path, yes: false}},
      {kind: 'subscribers.import', payload: {site: siteName, path, yes: true}},
    ])
  })
})

describe('site', () => {
  test('add asks intake, with the audience of the first site where none is given', async () => {
    const url = 'https://recipes.example/'
    const asked = await serve('intake', {'site.add': async () => ({site: 'recipes', state: 'active', url})})
    const flags = ['--remote', '/srv/recipes.git', '--url', url, '--from-domain', 'recipes.example']
    expect(await cli(['site', 'add', 'recipes', ...flags])).toEqual({
      code: 0,
      out: `recipes is followed from now on: ${url}\n`,
      err: '',
    })
    const [{audience_url: audienceUrl}] = (await installed.ledger.db
      .selectFrom('sites')
      .select('audience_url')
      .execute()) as [{audience_url: string}]
    const about = {site: 'recipes', remote: '/srv/recipes.git', branch: 'main', url, audienceUrl}
    expect(asked).toEqual([{kind: 'site.add', payload: {...about, fromDomains: ['recipes.example']}}])
  })

  test.each([
    ['pause', 'paused'],
    ['resume', 'active'],
    ['remove', 'removed'],
  ])('%s asks intake, and says what the site is then', async (verb, state) => {
    const asked = await serve('intake', {[`site.${verb}`]: async () => ({site: siteName, state})})
    expect(await cli(['site', verb, siteName])).toEqual({code: 0, out: `${siteName} is ${state}\n`, err: ''})
    expect(asked).toEqual([{kind: `site.${verb}`, payload: {site: siteName}}])
  })

  test.each([
    [['url', 'https://new.example/'], {url: 'https://new.example/'}, 'url is https://new.example/'],
    [['from-domain', 'a.example', 'b.example'], {fromDomains: ['a.example', 'b.example']}, 'a.example, b.example'],
    [['from-domain', '--none'], {fromDomains: []}, 'from-domain is that of the installation'],
  ])('set %j asks intake for that alone', async (given, change, said) => {
    const asked = await serve('intake', {'site.set': async () => ({site: siteName})})
    const {code, out} = await cli(['site', 'set', siteName, ...given])
    expect([code, out]).toEqual([0, expect.stringContaining(said)])
    expect(asked).toEqual([{kind: 'site.set', payload: {site: siteName, ...change}}])
  })

  test.each([[['url']], [['url', 'a', 'b']], [['from-domain']], [['colour', 'red']]])(
    'set %j is refused before anybody is asked',
    async (given) => {
      expect((await cli(['site', 'set', siteName, ...given])).code).toBe(2)
    },
  )

  test('list and show tell what the operator has set, and what is live', async () => {
    const {out} = await cli(['site', 'list', '--json'])
    const [only] = JSON.parse(out) as Record<string, unknown>[]
    expect(only).toMatchObject({name: siteName, state: 'active', fromDomains: [], subscribers: 0})
    expect((await cli(['site', 'show'])).out).toContain('those of the installation')
    expect((await cli(['site', 'list'])).out).toContain(siteName)
  })
})

describe('approve', () => {
  test('asks publisher for the newest revision that waits, and says what it takes', async () => {
    expect((await cli(['approve'])).err).toContain(`no revision of ${siteName} waits for a yes`)
    const hold = {site: siteName, reason: 'it would take 12 of 20 posts off the site', held_at: 1, approved_at: null}
    for (const revision of [98, 99])
      await installed.ledger.db
        .insertInto('holds')
        .values({...hold, revision})
        .execute()
    const asked = await serve('publisher', {approve: async () => ({site: siteName, approved: [98, 99]})})
    expect((await cli(['approve'])).out).toBe(
      `${siteName}: revision 99 goes live, which takes 12 of 20 posts off the site\n`,
    )
    expect(asked).toEqual([{kind: 'approve', payload: {site: siteName, revision: 99}}])
  })
})

test('newsletter send --correction asks with what is said of it; a note alone is refused', async () => {
  const asked = await serve('newsletter', {send: async () => ({edition: 'e1f2a3b4c5d6e7f8', state: 'freezing'})})
  const send = ['newsletter', 'send', 'when-nats']
  expect(await cli([...send, '--note', 'x'])).toMatchObject({code: 2})
  expect(await cli([...send, '--correction', '--note', 'The date was wrong.'])).toMatchObject({
    code: 0,
    out: 'edition e1f2a3b4 is freezing now\n',
  })
  expect(asked).toEqual([
    {kind: 'send', payload: {site: siteName, post: 'when-nats', correction: true, note: 'The date was wrong.'}},
  ])
})
