import {describe, expect, test} from 'vitest'
import {readHook} from '../index.ts'
import {
  fixture,
  head,
  headersOf,
  hex,
  now,
  request,
  secret,
  senderNames,
  sentBy,
  signingSecret,
  standardHeaders,
} from './sign-hook.fixture.ts'

const keys = {secrets: [secret, signingSecret], now}
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const code = (work: () => unknown): string => {
  try {
    work()
    return 'no error'
  } catch (error) {
    return (error as {code: string}).code
  }
}

const main = {branch: 'main', after: head}
const gone = {branch: 'draft/tides', after: undefined}

describe('a push', () => {
  test.each([
    ['github', 'github-push', {forge: 'github', delivery: 'd-github', moves: [main]}],
    ['gitea', 'gitea-push', {forge: 'gitea', delivery: 'd-gitea', moves: [main]}],
    ['forgejo', 'gitea-push', {forge: 'forgejo', delivery: 'd-forgejo', moves: [main]}],
    ['gitlab', 'gitlab-push', {forge: 'gitlab', delivery: 'd-gitlab', moves: [main]}],
    ['gitlab, signed', 'gitlab-push', {forge: 'gitlab', delivery: 'd-gitlab', moves: [main]}],
    ['bitbucket', 'bitbucket-push', {forge: 'bitbucket', delivery: 'd-bitbucket', moves: [main, gone]}],
    [
      'bitbucket data center',
      'bitbucket-server-push',
      {forge: 'bitbucket', delivery: 'd-bitbucket', moves: [main, gone]},
    ],
    ['generic', 'generic-push', {forge: 'generic', delivery: 'd-generic', moves: [main]}],
  ] as const)('of %s tells which branch is where', (sender, name, told) => {
    expect(readHook(sentBy(sender, fixture(name)), keys)).toEqual(told)
  })

  test.each([
    ['github', 'github-branch-deleted', 'push'],
    ['gitea', 'gitea-branch-deleted', 'delete'],
    ['forgejo', 'gitea-branch-deleted', 'delete'],
    ['gitlab', 'gitlab-branch-deleted', 'Push Hook'],
  ] as const)('of %s tells that a branch is gone', (sender, name, event) => {
    expect(readHook(sentBy(sender, fixture(name), event), keys).moves).toEqual([gone])
  })

  test('may come as a form', () => {
    const body = Buffer.from(new URLSearchParams({payload: fixture('github-push').toString()}).toString())
    const headers = {...headersOf('github', body), 'content-type': 'application/x-www-form-urlencoded'}
    expect(readHook(request(headers, body), keys).moves).toEqual([main])
  })

  test('may come without the envelope of Standard Webhooks', () => {
    expect(readHook(sentBy('generic', json({ref: 'refs/heads/main', after: head})), keys).moves).toEqual([main])
  })

  test('without an id of its delivery is known by its bytes', () => {
    const body = fixture('gitlab-push')
    const bare = request({'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secret}, body)
    const other = request({'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secret}, fixture('gitlab-branch-deleted'))
    expect(readHook(bare, keys).delivery).toMatch(/^[0-9a-f]{64}$/)
    expect(readHook(bare, keys).delivery).toBe(readHook(bare, keys).delivery)
    expect(readHook(other, keys).delivery).not.toBe(readHook(bare, keys).delivery)
  })
})

describe('of no interest', () => {
  test.each([
    ['github', 'github-ping', 'ping', 'an event "ping" publishes nothing'],
    ['github', 'github-tag', 'push', 'no branch was pushed'],
    ['gitlab', 'gitlab-tag', 'Tag Push Hook', 'an event "Tag Push Hook" publishes nothing'],
    ['gitlab', 'gitlab-tag', 'System Hook', 'an event "System Hook" publishes nothing'],
    ['gitea', 'gitea-push', 'issues', 'an event "issues" publishes nothing'],
    ['bitbucket', 'bitbucket-push', 'repo:fork', 'an event "repo:fork" publishes nothing'],
  ] as const)('is what %s says in %s', (sender, name, event, ignored) => {
    expect(readHook(sentBy(sender, fixture(name), event), keys)).toMatchObject({moves: [], ignored})
  })

  test('is another type of the generic hook', () => {
    expect(readHook(sentBy('generic', json({type: 'comment', data: {}})), keys)).toMatchObject({
      moves: [],
      ignored: 'an event "comment" publishes nothing',
    })
  })
})

describe('a signature', () => {
  const bodies = fixture('github-push')

  test.each(senderNames.filter((name) => name !== 'gitlab'))('of %s is over the very bytes that came', (sender) => {
    const headers = headersOf(sender, bodies)
    const again = json(JSON.parse(bodies.toString()))
    expect(code(() => readHook(request(headers, again), keys))).toBe('hook.refused')
  })

  test.each(senderNames)('of %s with a secret of somebody else is refused', (sender) => {
    const foreign = {secrets: ['a-secret-of-another-site', `whsec_${Buffer.alloc(32, 8).toString('base64')}`], now}
    expect(code(() => readHook(sentBy(sender, bodies), foreign))).toBe('hook.refused')
    expect(code(() => readHook(sentBy(sender, bodies), {secrets: [], now}))).toBe('hook.refused')
  })

  test.each(senderNames)('of %s with the secret that is being replaced is still taken', (sender) => {
    const rotated = {secrets: ['a-new-secret', 'whsec_bmV3', secret, signingSecret], now}
    expect(code(() => readHook(sentBy(sender, fixture('github-push'), 'other'), rotated))).not.toBe('hook.refused')
  })

  test.each([
    ['none at all', {}],
    ['a short one', {'x-hub-signature-256': `sha256=${hex(bodies).slice(0, 32)}`}],
    ['one without its prefix', {'x-hub-signature-256': hex(bodies)}],
    ['SHA-1 alone', {'x-hub-signature': 'sha1=0000000000000000000000000000000000000000'}],
    ['a digest in base64', {'x-hub-signature-256': `sha256=${Buffer.from(hex(bodies), 'hex').toString('base64')}`}],
    ['that of another forge', {'x-gitlab-token': secret}],
    ['several values', {'x-hub-signature-256': `sha256=${hex(bodies)}, sha256=${hex(bodies)}`}],
  ])('of GitHub may not be %s', (_, headers) => {
    expect(code(() => readHook(request({'x-github-event': 'push', ...headers}, bodies), keys))).toBe('hook.refused')
  })

  test.each([
    ['forgejo', 'x-forgejo-signature'],
    ['gitea', 'x-gitea-signature'],
  ] as const)('of %s that is wrong is not made good by those of its relatives', (sender, header) => {
    const headers = {...headersOf(sender, bodies), [header]: hex(bodies, 'wrong')}
    expect(code(() => readHook(request(headers, bodies), keys))).toBe('hook.refused')
  })

  test('of GitLab that is wrong is not made good by its token', () => {
    const headers = {...headersOf('gitlab', bodies), ...standardHeaders(bodies, {key: 'whsec_d3Jvbmc='})}
    expect(code(() => readHook(request(headers, bodies), keys))).toBe('hook.refused')
  })

  test.each(['generic', 'gitlab, signed'] as const)('of %s is good for five minutes', (sender) => {
    const hook = sentBy(sender, fixture('gitlab-push'))
    const at = (minutes: number) => code(() => readHook(hook, {...keys, now: now + minutes * 60_000}))
    expect([at(-6), at(-5), at(0), at(5), at(6)]).toEqual([
      'hook.refused',
      'no error',
      'no error',
      'no error',
      'hook.refused',
    ])
  })

  test('of Standard Webhooks may be one of several, and covers id and time', () => {
    const body = fixture('generic-push')
    const good = standardHeaders(body)
    const several = {...good, 'webhook-signature': `v1a,AAAA v1,AAAA ${good['webhook-signature']}`}
    expect(code(() => readHook(request(several, body), keys))).toBe('no error')
    expect(code(() => readHook(request({...good, 'webhook-id': 'msg_2'}, body), keys))).toBe('hook.refused')
    const later = {...good, 'webhook-timestamp': String(Number(good['webhook-timestamp']) + 1)}
    expect(code(() => readHook(request(later, body), keys))).toBe('hook.refused')
  })

  test('may be made with a secret that is no whsec_', () => {
    const body = fixture('generic-push')
    expect(code(() => readHook(request(standardHeaders(body, {key: secret}), body), keys))).toBe('no error')
  })

  test('is refused in the same words, whatever is wrong with it', () => {
    const say = (headers: Record<string, string>) => {
      try {
        return readHook(request(headers, bodies), keys)
      } catch (error) {
        const {message, hint, details, cause} = error as Error & Record<string, unknown>
        return {message, hint, details, cause}
      }
    }
    const unsigned = say({})
    expect(say({'x-github-event': 'push'})).toEqual(unsigned)
    expect(say({...headersOf('github', bodies), 'x-hub-signature-256': `sha256=${hex(bodies, 'wrong')}`})).toEqual(
      unsigned,
    )
    expect(say(standardHeaders(bodies, {at: 0}))).toEqual(unsigned)
  })
})

describe('malformed', () => {
  test.each([
    ['no JSON', Buffer.from('{"ref":')],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['no object', json(null)],
    ['without a branch', json({after: head})],
    ['with a hash that is none', json({ref: 'refs/heads/main', after: `--upload-pack=${head}`})],
    ['with a branch that is a list', json({ref: ['refs/heads/main'], after: head})],
  ])('is a signed body %s', (_, body) => {
    expect(code(() => readHook(sentBy('github', body), keys))).toBe('hook.malformed')
  })

  test('is the id of a delivery that is too long or no plain text', () => {
    const body = fixture('github-push')
    const withId = (id: string) =>
      code(() => readHook(request({...headersOf('github', body), 'x-github-delivery': id}, body), keys))
    expect([withId('a'.repeat(200)), withId('a'.repeat(201)), withId('a b'), withId('')]).toEqual([
      'no error',
      'hook.malformed',
      'hook.malformed',
      'hook.malformed',
    ])
  })
})
