import {isAbsolute} from 'node:path'
import {fileURLToPath} from 'node:url'
import {BroadsideError} from '@broadside/runtime'
import type {Login} from './login-helper.ts'

export type Remote = {
  /** What git is given: without credentials, for arguments are visible to every user of the machine. */
  url: string
  /** The one protocol that git may use. */
  protocol: 'https' | 'http' | 'ssh' | 'file'
  /** What the URL held of them. */
  login?: Login
}

const scpLike = /^[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:(?![-/\\])[^\s\p{Cc}]+$/u

/**
 * Judges the address of a remote: `https://`, `ssh://`, `user@host:path`, `file://`, an absolute path, and `http://` on
 * the loopback interface. Throws `git.remote.refused` (invalid) for all else, such as `ext::`, which runs commands, and
 * for what git or ssh could take for an option.
 */
export function checkRemote(remoteUrl: string): Remote {
  if (remoteUrl === '' || /\p{Cc}/u.test(remoteUrl) || remoteUrl.startsWith('-')) throw refused(remoteUrl)
  // A folder may have spaces in its name; nothing that goes over a network has.
  if (isAbsolute(remoteUrl)) return {url: remoteUrl, protocol: 'file'}
  if (/\s/u.test(remoteUrl)) throw refused(remoteUrl)
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(remoteUrl)) {
    if (scpLike.test(remoteUrl) && !remoteUrl.includes('::')) return {url: remoteUrl, protocol: 'ssh'}
    throw refused(remoteUrl)
  }
  const url = URL.parse(remoteUrl)
  if (url === null || url.hostname.startsWith('-') || url.search !== '' || url.hash !== '') throw refused(remoteUrl)
  switch (url.protocol) {
    case 'file:':
      if (url.hostname !== '') throw refused(remoteUrl)
      return {url: fileURLToPath(url), protocol: 'file'}
    case 'ssh:':
      if (url.hostname === '' || url.username.startsWith('-') || url.password !== '') throw refused(remoteUrl)
      return {url: url.href, protocol: 'ssh'}
    case 'http:':
      if (!/^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname)) throw refused(remoteUrl)
      return withoutCredentials(url, 'http')
    case 'https:':
      return withoutCredentials(url, 'https')
    default:
      throw refused(remoteUrl)
  }
}

function withoutCredentials(url: URL, protocol: 'https' | 'http'): Remote {
  // URLs allow more signs in a host than any host has, and it stands in the command that `loginConfig` makes.
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/i.test(url.hostname)) throw refused(url.href)
  const login = {username: decodeURIComponent(url.username), password: decodeURIComponent(url.password)}
  // A line break would end the line in which git is told of them.
  if (/\p{Cc}/u.test(login.username + login.password)) throw refused(url.href)
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  if (login.username === '' && login.password === '') return {url: bare.href, protocol}
  return {url: bare.href, protocol, login}
}

/** Text with user names, passwords and tokens taken out of the URLs in it, and header values with them. */
export function stripCredentials(text: string): string {
  return text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '$1')
    .replaceAll(/(authorization:\s*\S+\s+)\S+/gi, '$1…')
}

function refused(remoteUrl: string): BroadsideError {
  const shown = stripCredentials(remoteUrl).slice(0, 200)
  return new BroadsideError(
    'invalid',
    'git.remote.refused',
    `The remote ${JSON.stringify(shown)} is not one to fetch from`,
    {
      hint: 'Give an https or ssh URL, user@host:path, file:// or an absolute path',
    },
  )
}
