import {expect, test} from 'vitest'
import {isSafePath, kindOfPath} from './path-kind.ts'

test.each([
  ['broadside.yaml', 'settings'],
  ['redirects.yaml', 'redirects'],
  ['posts/a.md', 'post'],
  ['posts/a/index.MD', 'post'],
  ['posts/a/pic.png', 'post-asset'],
  ['pages/team/jobs.md', 'page'],
  ['pages/team/us.jpg', 'post-asset'],
  ['assets/js/x.js', 'asset'],
  ['theme/post.liquid', 'theme'],
  ['README.md', 'ignored'],
  ['posts', 'ignored'],
  ['docs/posts/a.md', 'ignored'],
  ['sub/broadside.yaml', 'ignored'],
  ['posts/.draft.md', 'ignored'],
  ['assets/.git/config', 'ignored'],
  ['.github/x.yaml', 'ignored'],
  ['constructor/x', 'ignored'],
])('%s is %s', (path, kind) => {
  expect(kindOfPath(path)).toBe(kind)
})

test.each([
  'posts/a.md',
  'posts/größe 日本.md',
  'assets/a+b (1)#x%20.png',
  'posts/.hidden',
  'a...b',
  'posts/.gitignore',
])('%j may become a key', (path) => {
  expect(isSafePath(path)).toBe(true)
})

test.each([
  '',
  '/etc/passwd',
  '../x',
  'a/../x',
  'a/./x',
  'a//x',
  'a/',
  'C:/x',
  'a\\x',
  'a\u0000x',
  'a\nx',
  'a\u202Exdm.md',
  'a\uFFFDx',
  'a\ud800x',
  '.git/config',
  'a/.GIT/config',
  'a/.git',
  'a/.g\u200Cit/config',
  'a/git~1/config',
  'a/.git. /x',
  'posts/con.md',
  'posts/NUL',
  'posts/a.',
  'posts/a ',
  `${'x'.repeat(256)}.md`,
  'x/'.repeat(400),
])('%j may not', (path) => {
  expect(isSafePath(path)).toBe(false)
})
