import {expect, test} from 'vitest'
import {checkClaims, isWithin} from './site-claims.ts'

const others = [
  {name: 'notes', site_url: 'https://x.example/notes/', from_domains: 'notes.example,letters.example'},
  {name: 'home', site_url: 'https://home.example/', from_domains: null},
]

const claim = (site_url: string, from_domains: string | null = null) => {
  try {
    checkClaims({name: 'new', site_url, from_domains}, others)
    return 'free'
  } catch (error) {
    return (error as {code: string}).code
  }
}

test.each([
  ['https://x.example/other/', 'free'],
  ['https://x.example/notes-too', 'free'],
  ['https://x.example/notes', 'site.url-taken'],
  ['https://x.example/notes/deeper/', 'site.url-taken'],
  ['https://x.example/', 'site.url-taken'],
  ['https://home.example/blog/', 'site.url-taken'],
  ['https://home.example/~blog/', 'free'],
  ['https://home.example:8443/', 'free'],
  ['ftp://home.example/', 'site.url'],
  ['https://user@new.example/', 'site.url'],
  ['new.example', 'site.url'],
])('%s is %s', (url, expected) => {
  expect(claim(url)).toBe(expected)
})

test('a domain to write from is one site’s, with what is below and above it', () => {
  expect(claim('https://new.example/', 'new.example')).toBe('free')
  for (const domain of ['letters.example', 'mail.letters.example', 'example']) {
    expect(claim('https://new.example/', domain), domain).toBe('site.from-taken')
  }
  expect(isWithin('notletters.example', 'letters.example')).toBe(false)
})

test('a site that is brought up to date does not stand in its own way', () => {
  expect(() => checkClaims(others[0]!, others)).not.toThrow()
})
