import {expect, test} from 'vitest'
import {readerOf} from './reader-of.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
const outlook = 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)'
const gmail = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'

const asked = {method: 'GET', purpose: undefined}

test.each([
  ['a browser', 'click', {userAgent: firefox}, 'person'],
  ['a telephone', 'open', {userAgent: phone}, 'person'],
  ['Outlook', 'open', {userAgent: outlook}, 'person'],
  ["Gmail's proxy", 'open', {userAgent: gmail}, 'proxy'],
  ["Apple's Mail Privacy Protection", 'open', {userAgent: 'Mozilla/5.0'}, 'preload'],
  ['a program that says as little', 'click', {userAgent: 'Mozilla/5.0'}, 'machine'],
  ['nothing at all', 'click', {userAgent: undefined}, 'machine'],
  ['a crawler', 'click', {userAgent: `${firefox} (compatible; bingbot/2.0)`}, 'machine'],
  ['a command', 'click', {userAgent: 'curl/8.14.1'}, 'machine'],
  ['a mail gateway', 'click', {userAgent: `${firefox} BarracudaCentral`}, 'machine'],
  ['a look at the headers', 'click', {userAgent: firefox, method: 'HEAD'}, 'machine'],
  ['a browser that fetches ahead', 'click', {userAgent: firefox, purpose: 'prefetch;prerender'}, 'machine'],
] as const)('%s that asks for a %s is told', (_, kind, more, reader) => {
  expect(readerOf({...asked, kind, ...more})).toBe(reader)
})
