import {
  addDeadLetter,
  claimEffect,
  dueEffects,
  addMailCounts,
  addMailReport,
  keepTexts,
  openEdition,
  serveRequests,
  settleEffect,
  writeEffects,
  type Db,
} from '@broadside/ledger'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createLogger, systemClock} from '@broadside/runtime'
import {runCli} from './test-cli.ts'
import {createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'

const at = Date.parse('2026-11-20T12:00:00Z')
let installed: TestInstallation
let db: Db
beforeEach(async () => {
  installed = await createInstallation()
  db = installed.ledger.db
})
afterEach(() => installed.close())

const cli = (...argv: string[]) => runCli(argv, {env: installed.env})

async function addRelease(values: {
  number: number
  revision: number
  live_at?: number
  trouble?: string
}): Promise<void> {
  const {live_at: liveAt = null, trouble = null, ...rest} = values
  await db
    .insertInto('releases')
    .values({
      site: siteName,
      ...rest,
      state: liveAt === null ? 'putting' : 'done',
      wave: 1,
      attempt: 1,
      planned: 14,
      uploaded: 12,
      removed: 0,
      unchanged: 2,
      proof: liveAt === null ? null : 'public',
      trouble,
      opened_at: at,
      progress_at: at,
      proving_at: null,
      live_at: liveAt,
      done_at: liveAt,
    })
    .execute()
}

/** An edition of the post at `path` for as many people as `states` names. */
async function addEdition(path: string, states: string[], audience = states.length): Promise<string> {
  const {id: postId} = await db.selectFrom('posts').select('id').where('path', '=', path).executeTakeFirstOrThrow()
  const id = `e${postId}`
  const values = {id, site: siteName, post: postId, revision: 2, release: 2, reason: null, subject: 'S'}
  await openEdition(db, {...values, state: 'sending'}, at)
  await db.updateTable('editions').set({audience, frozen_at: at}).where('id', '=', id).execute()
  for (const [number, state] of states.entries()) {
    const row = {worker: null, lease_until: null, attempt: 1, next_at: 0, reply: 'as the test says', changed_at: 0}
    await db
      .insertInto('deliveries')
      .values({edition: id, subscriber: `s${number}`, state, ...row})
      .execute()
  }
  return id
}

describe('status', () => {
  const statusOf = async (commit: string) => {
    const {out} = await cli('status', commit, '--json')
    const [push] = JSON.parse(out) as {stage: string; why?: string}[]
    return push
  }

  test('follows a push from accepted to mailed', async () => {
    await installed.push({'posts/one.md': post('One')})
    await addRelease({number: 1, revision: 1, live_at: at + 400})
    await installed.push({'posts/two.md': post('Two')})
    const commit = await installed.repo.git('rev-parse', 'HEAD')
    const {id} = await db.selectFrom('posts').select('id').where('path', '=', 'posts/two.md').executeTakeFirstOrThrow()
    const pending = db.updateTable('renders').where('subject', '=', id)

    await pending.set({state: 'pending'}).execute()
    await db.updateTable('revisions').set({state: 'accepted'}).where('number', '=', 2).execute()
    expect(await statusOf(commit)).toMatchObject({stage: 'accepted', why: '1 of its documents wait for renderer'})

    await pending.set({state: 'done'}).execute()
    await db.updateTable('revisions').set({state: 'rendered'}).where('number', '=', 2).execute()
    expect(await statusOf(commit)).toMatchObject({stage: 'rendered', why: 'waits for publisher'})

    await addRelease({number: 2, revision: 2})
    expect(await statusOf(commit)).toMatchObject({stage: 'rendered', why: 'release 2 is putting'})
    const outputs = ['/media/aaaaaaaaaaaa/v1/480.webp', '/media/bbbbbbbbbbbb/v1/480.webp', '/posts/two/']
    const part = {site: siteName, release: 2, wave: 1, part: 0}
    for (const address of outputs) {
      const kind = address.startsWith('/media/') ? 'variant' : 'content'
      await db
        .insertInto('release_outputs')
        .values({...part, address, kind, state: kind === 'content' ? 'put' : 'planned'})
        .execute()
    }
    const source = 'a'.repeat(64)
    await db.insertInto('image_files').values({site: siteName, source, recipe: '480-1.webp', hash: 'x'}).execute()
    expect(await statusOf(commit)).toMatchObject({
      why: 'release 2 is putting: 1 of 3 files are there, 1 of 2 images made',
    })
    await db.updateTable('releases').set({trouble: 'the disk is full'}).where('number', '=', 2).execute()
    expect(await statusOf(commit)).toMatchObject({stage: 'failed', why: 'the disk is full'})

    await db
      .updateTable('releases')
      .set({trouble: null, live_at: at + 900, state: 'done'})
      .where('number', '=', 2)
      .execute()
    expect(await statusOf(commit)).toMatchObject({stage: 'live', editions: []})
    const edition = await addEdition('posts/two.md', ['accepted', 'pending'])
    expect(await statusOf(commit)).toMatchObject({stage: 'live', why: 'its mail is sending'})
    await db.updateTable('editions').set({state: 'complete'}).where('id', '=', edition).execute()
    expect(await statusOf(commit)).toMatchObject({stage: 'mailed', editions: [{title: 'Two', audience: 2}]})
  })

  test('counts a push as live by the release of a newer one', async () => {
    await installed.push({'posts/one.md': post('One')})
    const commit = await installed.repo.git('rev-parse', 'HEAD')
    await installed.push({'posts/two.md': post('Two')})
    await addRelease({number: 1, revision: 2, live_at: at + 400})
    expect(await statusOf(commit)).toMatchObject({stage: 'live', release: {number: 1}})
  })

  test('tells a person about the push, and what is wrong with it, with place and cure', async () => {
    await installed.push({
      'posts/one.md': post('One'),
      'posts/broken.md': '---\ntitle: "open\n---\n\nText.\n',
    })
    await addRelease({number: 1, revision: 1, live_at: at + 400})
    const commit = await installed.repo.git('rev-parse', 'HEAD')
    const {code, out} = await cli('status', commit.slice(0, 7))
    expect(code).toBe(0)
    expect(out).toContain(`notes revision 1 (push, commit ${commit.slice(0, 12)}): live\n`)
    expect(out).toContain('  live      +400 ms  release 1: 12 uploaded, 2 unchanged, 0 removed, proof public\n')
    expect(out).toMatch(/^ {2}posts\/broken\.md:\d+:\d+ error: .* → /m)
  })

  test('says who outside was told, and who was not and why', async () => {
    await installed.push({'posts/one.md': post('One')})
    await addRelease({number: 1, revision: 1, live_at: at + 400})
    const told = {site: 'notes', kind: 'websub', target: 'https://hub.example/', version: 1, revision: 1, payload: '{}'}
    await writeEffects(
      db,
      [
        {...told, subject: 'a'},
        {...told, subject: 'b'},
      ],
      at,
    )
    const [row] = await dueEffects(db, at, new Set())
    await claimEffect(db, row!, {worker: 'w', until: at})
    await settleEffect(db, row!, {worker: 'w', state: 'failed', answer: '404 what?', now: at})
    const commit = await installed.repo.git('rev-parse', 'HEAD')
    const {out} = await cli('status', commit)
    expect(out).toContain('  told      websub https://hub.example/ of a: failed, 404 what?\n')
    expect(out).toContain('  told      websub https://hub.example/ of b: pending\n')
    const [push] = JSON.parse((await cli('status', commit, '--json')).out) as {effects: object[]}[]
    expect(push?.effects).toMatchObject([
      {subject: 'a', state: 'failed', tries: 1},
      {subject: 'b', state: 'pending'},
    ])
  })

  test('without a commit lists the newest pushes, then what readers do not see yet', async () => {
    expect(await cli('status')).toMatchObject({code: 0, out: '', err: 'nothing was pushed yet\n'})
    await installed.push({'posts/one.md': post('One')})
    await installed.push({
      'posts/later.md': post('Later', {date: '2026-12-24'}),
      'posts/idea.md': post('Idea', {more: 'draft: true\n'}),
    })
    const found = {site: siteName, revision: 1, severity: 'warning', code: 'link.broken', message: 'x', cure: null}
    const at7 = {file: 'posts/one.md', line: 7, column_number: 3}
    await db
      .insertInto('diagnostics')
      .values([
        {...found, ...at7, line: 9},
        {...found, ...at7},
      ])
      .execute()
    const {out} = await cli('status')
    const [second, first, ...rest] = out.split('\n')
    expect(second).toMatch(
      /^notes {2}revision 2 {2}[0-9a-f]{8} {2}rendered {2}1 draft, 1 scheduled {2}waits for publisher$/,
    )
    expect(first).toMatch(/^notes {2}revision 1 .* 1 new .* {2}2 warnings, the first at posts\/one\.md:7:3$/)
    expect(rest).toEqual([
      'notes  scheduled  2026-12-24T00:00:00.000Z  posts/later.md',
      'notes  draft      posts/idea.md',
      '',
    ])
    expect(JSON.parse((await cli('status', '--json')).out)).toMatchObject({
      pushes: [{revision: 2}, {revision: 1, warnings: 2}],
      scheduled: [{path: 'posts/later.md'}],
      drafts: [{path: 'posts/idea.md'}],
    })
  })

  test('does not know commits that were not accepted, nor what is no commit', async () => {
    expect(await cli('status', 'abcdef12')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no push of abcdef12'),
    })
    expect(await cli('status', 'main')).toMatchObject({code: 2, err: expect.stringContaining('no hash of a commit')})
    expect(await cli('status', '--site', 'none')).toMatchObject({code: 2})
  })
})

describe('newsletter', () => {
  beforeEach(async () => {
    await installed.push({'posts/one.md': post('One')})
    await installed.push({'posts/two.md': post('Two')})
  })

  test('status gives the sum of law 3, by slug, path, or as the newest, and stats what was counted', async () => {
    const id = await addEdition('posts/two.md', ['accepted', 'accepted', 'deferred', 'excluded'])
    const said =
      /^“Two” \(e\w{7}, notes\): sending\n {2}audience: 4 people = 1 deferred \+ 2 accepted \+ 1 excluded\n {4}1 excluded: as the test says\n$/
    for (const name of [[], ['two'], ['posts/two.md'], ['/posts/two/']]) {
      expect((await cli('newsletter', 'status', ...name)).out).toMatch(said)
    }
    expect((await cli('newsletter', 'list')).out).toMatch(/^e\w{7} {2}notes {2}sending {2}4 people = .* {2}Two\n$/)
    const {out} = await cli('newsletter', 'status', '--json')
    expect(JSON.parse(out)).toMatchObject({title: 'Two', audience: 4, counts: {accepted: 2, deferred: 1, failed: 0}})
    const report = {
      source: 'mail',
      event: '1',
      kind: 'bounced',
      fault: 'mailbox',
      status: null,
      reply: '',
      waits: 0,
    } as const
    const mail = {site: siteName, mail_kind: 'edition', mail: id, subscriber: 's0', at, received_at: at} as const
    await addMailReport(db, {...report, ...mail})
    expect((await cli('newsletter', 'status')).out).toContain('  told since: 1 bounced (mailbox)\n')

    expect((await cli('newsletter', 'stats', 'two')).out).toBe(
      `“S” (${id.slice(0, 8)}, notes): 2 mails accepted\n  opens and clicks of it are not counted: see countOpens and countClicks of broadside.yaml\n`,
    )
    await keepTexts(db, [
      {hash: 'm', body: JSON.stringify({counts: {clicks: true, pixelUrl: 'https://p.example/o/t.gif'}})},
    ])
    await db.updateTable('editions').set({message_hash: 'm'}).where('id', '=', id).execute()
    const click = {edition: id, kind: 'click', reader: 'person', url: 'https://a.example/', count: 1} as const
    const open = {...click, kind: 'open', url: ''} as const
    await addMailCounts(db, [click, click, {...click, url: 'https://b.example/', count: 12}])
    await addMailCounts(db, [{...click, reader: 'machine', count: 5}, open, {...open, reader: 'preload', count: 7}])
    const lines = [
      'opened: 1 times, and 0 through the proxy of a mail provider',
      '  not counted in: 7 loads by Apple for mails read or not, 0 by programs',
      'links followed: 14 times',
      '  12  https://b.example/',
      '   2  https://a.example/',
      '  not counted in: 5 by programs',
    ]
    expect((await cli('newsletter', 'stats')).out.split('\n').slice(1, -1)).toEqual(lines.map((line) => `  ${line}`))
    expect(JSON.parse((await cli('newsletter', 'stats', '--json')).out)).toMatchObject({
      accepted: 2,
      opens: {people: 1, proxies: 0, preloads: 7, machines: 0},
      clicks: {people: 14, machines: 5, links: [{url: 'https://b.example/', people: 12}, {people: 2}]},
    })
  })

  test('status fails loudly where somebody is missing from the sum', async () => {
    await addEdition('posts/two.md', ['accepted'], 2)
    const {code, out, err} = await cli('newsletter', 'status')
    expect(code).toBe(70)
    expect(out).toContain('2 people ≠ 1 accepted')
    expect(err).toContain('was frozen for 2 people and has 1 deliveries')
  })

  test('decisions are asked of newsletter with the id of the edition', async () => {
    const id = await addEdition('posts/two.md', ['pending'])
    const asked: unknown[] = []
    const handler = (kind: string, state: string) => async (payload: unknown) => {
      asked.push({kind, payload})
      await db.updateTable('editions').set({state}).where('id', '=', id).execute()
    }
    const service = serveRequests({
      ledger: installed.ledger,
      service: 'newsletter',
      handlers: {
        approve: handler('approve', 'freezing'),
        pause: handler('pause', 'paused'),
        resume: handler('resume', 'sending'),
        cancel: handler('cancel', 'cancelled'),
      },
      log: createLogger({service: 'newsletter', level: 'silent'}),
      clock: systemClock,
      everyMs: 20,
    })
    await service.start()
    for (const [kind, state] of [
      ['approve', 'freezing'],
      ['pause', 'paused'],
      ['resume', 'sending'],
      ['cancel', 'cancelled'],
    ] as const) {
      expect(await cli('newsletter', kind, 'two')).toMatchObject({
        code: 0,
        out: `“Two” (${id.slice(0, 8)}) is ${state} now\n`,
      })
      expect(asked.pop()).toEqual({kind, payload: {edition: id}})
    }
    await service.stop()
  })

  test('an edition that is not there is not made up', async () => {
    expect(await cli('newsletter', 'status')).toMatchObject({code: 2, err: 'broadside: there is no edition yet\n'})
    expect(await cli('newsletter', 'approve', 'none')).toMatchObject({code: 2})
    expect(await cli('newsletter', 'list')).toMatchObject({code: 0, out: '', err: 'there is no edition yet\n'})
  })
})

describe('dead', () => {
  const letter = {
    site: siteName,
    source: 'bus:renderer-posts',
    name: 'post.published',
    body: '{"id":1}',
    reason: 'no\nsuch site',
    code: 'x',
    at,
  }

  test('lists what was given up, shows it whole, and asks for another try', async () => {
    expect(await cli('dead', 'list')).toMatchObject({code: 0, out: '', err: 'nothing was given up\n'})
    const id = String(await addDeadLetter(db, letter))
    expect((await cli('dead', 'list')).out).toBe(
      `${id}  2026-11-20T12:00:00.000Z  ${siteName}  post.published  waits  no such site\n`,
    )
    expect((await cli('dead', 'show', id)).out).toBe(
      `${id} post.published of ${siteName}, given up by bus:renderer-posts at 2026-11-20T12:00:00.000Z, waits\nx: no\nsuch site\n\n{"id":1}\n`,
    )
    expect((await cli('dead', 'replay', id)).out).toContain('1 asked for')
    expect((await cli('dead', 'replay', id)).out).toBe('it was put right, or asked for, already\n')
    expect(JSON.parse((await cli('dead', 'list', '--json')).out)).toMatchObject([{id: Number(id), state: 'asked for'}])
  })

  test('asks for all at once, and wants to know which otherwise', async () => {
    await addDeadLetter(db, letter)
    await addDeadLetter(db, letter)
    expect(await cli('dead', 'replay')).toMatchObject({code: 2})
    expect((await cli('dead', 'replay', '--all')).out).toContain('2 asked for')
    expect((await cli('dead', 'replay', '--all')).out).toBe('nothing waits\n')
  })

  test("one site's are not shown for another, and not asked for with its own", async () => {
    await addDeadLetter(db, letter)
    await addDeadLetter(db, {...letter, site: 'recipes', reason: 'of the kitchen'})
    const {out} = await cli('dead', 'list', '--site', siteName)
    expect(out).toContain('no such site')
    expect(out).not.toContain('of the kitchen')
    expect((await cli('dead', 'replay', '--all', '--site', siteName)).out).toContain('1 asked for')
    expect(await cli('dead', 'list', '--site', 'nobody')).toMatchObject({code: 2})
  })

  test('knows only numbers that there are', async () => {
    expect(await cli('dead', 'show', '9')).toMatchObject({code: 2, err: expect.stringContaining('number 9')})
    expect(await cli('dead', 'replay', 'x')).toMatchObject({code: 2})
  })
})
