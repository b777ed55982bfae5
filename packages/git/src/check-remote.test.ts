import {describe, expect, test} from 'vitest'
import {checkRemote, stripCredentials} from './check-remote.ts'

describe('checkRemote', () => {
  test.each([
    ['https://example.org/notes.git', {url: 'https://example.org/notes.git', protocol: 'https'}],
    ['ssh://git@example.org:2222/notes.git', {url: 'ssh://git@example.org:2222/notes.git', protocol: 'ssh'}],
    ['git@example.org:team/notes.git', {url: 'git@example.org:team/notes.git', protocol: 'ssh'}],
    ['file:///srv/notes.git', {url: '/srv/notes.git', protocol: 'file'}],
    ['/srv/notes.git', {url: '/srv/notes.git', protocol: 'file'}],
    ['/srv/our notes.git', {url: '/srv/our notes.git', protocol: 'file'}],
    ['file:///srv/our%20notes.git', {url: '/srv/our notes.git', protocol: 'file'}],
    ['http://127.0.0.1:3000/notes.git', {url: 'http://127.0.0.1:3000/notes.git', protocol: 'http'}],
  ])('accepts %s', (remoteUrl, remote) => {
    expect(checkRemote(remoteUrl)).toEqual(remote)
  })

  test('moves a token out of the URL, which other users of the machine could see', () => {
    expect(checkRemote('https://x:s3cret%21@example.org/notes.git')).toEqual({
      url: 'https://example.org/notes.git',
      protocol: 'https',
      login: {username: 'x', password: 's3cret!'},
    })
  })

  test.each([
    '',
    'notes.git',
    '../notes.git',
    '-u/srv/notes.git',
    '--upload-pack=touch /tmp/x',
    'ext::sh -c whoami',
    'ext::whoami',
    'fd::3',
    'git://example.org/notes.git',
    'http://example.org/notes.git',
    'http://169.254.169.254/notes.git',
    'ftp://example.org/notes.git',
    'ssh://-oProxyCommand=whoami/notes.git',
    'ssh://-oProxyCommand=x@example.org/notes.git',
    'git@-oProxyCommand=x:notes.git',
    'git@example.org:-notes.git',
    'file://server/notes.git',
    'https://example.org/notes.git?x=1',
    'https://example.org/no tes.git',
    'https://example.org/\nnotes.git',
    '/srv/\nnotes.git',
    'git@example.org:our notes.git',
    "https://a';id;'.example.org/notes.git",
    'https://$(id).example.org/notes.git',
    'javascript:alert(1)',
    'https://x:a%0Ahost=other@example.org/notes.git',
  ])('refuses %j', (remoteUrl) => {
    expect(() => checkRemote(remoteUrl)).toThrow(expect.objectContaining({code: 'git.remote.refused', kind: 'invalid'}))
  })

  test('shows no password when it refuses', () => {
    expect(() => checkRemote('ftp://me:s3cret@example.org/x')).toThrow(/ftp:\/\/example\.org/)
  })
})

test('stripCredentials takes user names, tokens and header values out of what git says', () => {
  const said = "fatal: unable to access 'https://me:s3cret@example.org/x/': Authorization: Basic czNjcmV0"
  expect(stripCredentials(said)).toBe("fatal: unable to access 'https://example.org/x/': Authorization: Basic …")
})
