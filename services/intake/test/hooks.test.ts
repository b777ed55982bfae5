import {request as httpRequest} from 'node:http'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {hookRecord} from '@broadside/ledger'
import {createHttpServer, systemClock as clock} from '@broadside/runtime'
import {until} from '@broadside/testkit'
import {hookRoutes} from '../src/hook-routes.ts'
import {gitHubPush, log, openBed, secret, type Bed} from './start-intake.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.start()
  await bed.accepted(await bed.repo.git('rev-parse', 'HEAD'))
})
afterAll(() => bed.remove())

type Answer = {status: number; type: string; body: Record<string, unknown>; headers: Headers}

async function send(init: RequestInit, path = '/hooks/notes'): Promise<Answer> {
  const answer = await fetch(bed.hooksUrl() + path, init)
  const type = answer.headers.get('content-type') ?? ''
  return {status: answer.status, type, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers}
}

async function commitPost(name: string): Promise<string> {
  await bed.repo.write({[`posts/${name}.md`]: `---\ntitle: ${name}\ndate: 2026-11-02\n---\n\nText.\n`})
  const commit = await bed.repo.commit(name)
  await bed.repo.push()
  return commit
}

const anyCommit = 'a'.repeat(40)

describe('a push that a forge tells of', () => {
  test('is in the ledger when it is answered, and is published then', async () => {
    const commit = await commitPost('tides')
    const answer = await send(gitHubPush(commit, {delivery: 'tides-1'}))
    const row = await bed.ledger.db
      .selectFrom('hints')
      .selectAll()
      .where('delivery', '=', 'tides-1')
      .executeTakeFirstOrThrow()
    expect(answer).toMatchObject({status: 202, body: {status: 'accepted', branch: 'main', commit}})
    expect(row).toMatchObject({site: 'notes', source: 'github', body_hash: expect.stringMatching(/^[0-9a-f]{64}$/)})
    await bed.accepted(commit)
    await until('the hint is closed', async () => (await bed.openHints()).length === 0)
  })

  test('is not believed what it says of the commit', async () => {
    const commit = await commitPost('rain')
    expect((await send(gitHubPush(anyCommit))).status).toBe(202)
    await bed.accepted(commit)
  })

  test('of what is published already needs no look, and is closed at once', async () => {
    const commit = (await bed.revisions()).at(-1) as string
    expect((await send(gitHubPush(commit, {delivery: 'old-news'}))).status).toBe(202)
    expect(await bed.openHints()).not.toContain('old-news')
  })

  test('is followed once, however often it is told', async () => {
    const push = gitHubPush(anyCommit, {delivery: 'told-often'})
    const answers = await Promise.all(Array.from({length: 20}, () => send(push)))
    expect(answers.map(({status}) => status).toSorted()).toEqual([...Array<number>(19).fill(200), 202])
    expect(await send(push)).toMatchObject({status: 200, body: {status: 'known'}})
  })

  test('under the id of another is refused', async () => {
    await send(gitHubPush(anyCommit, {delivery: 'one-id'}))
    const other = await send(gitHubPush(anyCommit, {delivery: 'one-id', note: 'more'}))
    expect(other).toMatchObject({status: 409, body: {code: 'hook.repeated'}})
  })

  test('is one revision, of the newest commit, for all that were told of at once', async () => {
    const before = (await bed.revisions()).length
    const commits: string[] = []
    for (let index = 0; index < 8; index += 1) {
      await bed.repo.write({[`posts/burst-${index}.md`]: `---\ntitle: Burst ${index}\n---\n\nText.\n`})
      commits.push(await bed.repo.commit())
    }
    await bed.repo.push()
    const answers = await Promise.all(commits.map((commit) => send(gitHubPush(commit))))
    expect(answers.every(({status}) => status === 202)).toBe(true)
    await bed.accepted(commits.at(-1) as string)
    expect((await bed.revisions()).length).toBe(before + 1)
  })

  test('to another branch is answered with the reason, and leaves nothing', async () => {
    const answer = await send(gitHubPush(anyCommit, {branch: 'drafts', delivery: 'drafts-1'}))
    expect(answer).toMatchObject({
      status: 202,
      body: {status: 'ignored', reason: 'the site is published from the branch main'},
    })
    const row = await bed.ledger.db.selectFrom('hints').select('id').where('delivery', '=', 'drafts-1').execute()
    expect(row).toEqual([])
  })

  test('that removes the branch changes nothing', async () => {
    const answer = await send(gitHubPush('0'.repeat(40)))
    expect(answer).toMatchObject({status: 202, body: {reason: 'the branch main is gone; what is published stays'}})
  })
})

describe('refused, as a problem (RFC 9457),', () => {
  const signed = gitHubPush(anyCommit)
  const cases: [string, RequestInit, string, number, string][] = [
    ['a wrong signature', gitHubPush(anyCommit, {key: 'a-secret-of-somebody'}), '/hooks/notes', 401, 'hook.refused'],
    ['no signature', {...signed, headers: {'content-type': 'application/json'}}, '/hooks/notes', 401, 'hook.refused'],
    ['a site without a secret', signed, '/hooks/silent', 401, 'hook.refused'],
    ['an unknown site', signed, '/hooks/nobody', 404, 'site.unknown'],
    ['GET', {method: 'GET'}, '/hooks/notes', 405, 'hook.method'],
    ['PUT', {...signed, method: 'PUT'}, '/hooks/notes', 405, 'hook.method'],
    [
      'another content type',
      {...signed, headers: {...signed.headers, 'content-type': 'text/plain'}},
      '/hooks/notes',
      415,
      'hook.media-type',
    ],
    ['a hash that is none', gitHubPush('main'), '/hooks/notes', 400, 'hook.malformed'],
  ]
  beforeAll(async () => {
    await bed.addSite('silent')
  })

  test.each(cases)('is %s', async (_, init, path, status, code) => {
    const answer = await send(init, path)
    expect(answer).toMatchObject({status, type: 'application/problem+json', body: {status, code}})
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null)
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Webhook-Signature' : null)
  })

  test('is known to the operator afterwards, with the time of the last that was right', async () => {
    await send(gitHubPush(anyCommit, {key: 'a-secret-of-somebody'}))
    const record = await until('the refusal is noted', async () => {
      const known = await hookRecord(bed.ledger.db, 'notes')
      return known.refusedAt === undefined ? undefined : known
    })
    expect(record.verified).toMatchObject({forge: 'github'})
    expect(Math.abs(Date.now() - record.refusedAt!)).toBeLessThan(60_000)
  })

  test('is a body that is too long, by what it says or by what comes', async () => {
    const long = Buffer.alloc(26 * 1_024 * 1_024, 0x20)
    const told = await send({...signed, body: long})
    expect(told).toMatchObject({status: 413, body: {code: 'http.too-large'}})
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const chunked = httpRequest(
        `${bed.hooksUrl()}/hooks/notes`,
        {method: 'POST', headers: signed.headers},
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
      chunked.on('error', reject)
      for (let sent = 0; sent < 26; sent += 1) chunked.write(long.subarray(0, 1_024 * 1_024))
      chunked.end()
    })
    expect(status).toBe(413)
  })

  test('is a flood of one site, and not of another', async () => {
    const flood = await Promise.all(Array.from({length: 140}, () => send(gitHubPush(anyCommit))))
    const refused = flood.filter(({status}) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({body: {code: 'hook.busy'}})
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    const quiet = await bed.addSite('quiet')
    const commit = await quiet.git('rev-parse', 'HEAD')
    const more = Promise.all(Array.from({length: 20}, () => send(gitHubPush(anyCommit))))
    expect((await send(gitHubPush(commit), '/hooks/quiet')).status).toBe(202)
    await bed.accepted(commit, 'quiet')
    await more
  })
})

test('a hint whose process died before the work is followed by the next', async () => {
  const other = await openBed()
  try {
    const first = await other.repo.git('rev-parse', 'HEAD')
    const deaf = hookRoutes({ledger: other.ledger, clock, log, secrets: () => [secret], follow: () => {}})
    const http = createHttpServer({name: 'hooks', host: '127.0.0.1', port: 0, log, routes: deaf})
    await http.start()
    const answer = await fetch(`${http.url()}/hooks/notes`, gitHubPush(first, {delivery: 'left'}))
    await http.stop()
    expect([answer.status, await other.openHints(), await other.revisions()]).toEqual([202, ['left'], []])
    await other.start()
    await until('the hint is closed', async () => (await other.openHints()).length === 0)
    expect(await other.revisions()).toEqual([first])
  } finally {
    await other.remove()
  }
})
