import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {checkBranch} from './check-branch.ts'

const good = ['main', 'feature/new-post', 'v1.2', 'größe', 'a@b', 'x-', '日本']
const bad = [
  '',
  '-main',
  'a b',
  'a\tb',
  'a\u007Fb',
  'HEAD',
  'main:refs/heads/other',
  ...'a..b a~1 a^ a:b a? a* a[b a\\b /a a/ a//b a. .a a/.b a.lock a.lock/b a@{1}'.split(' '),
]

test.each([...good, ...bad])('judges the branch %j as git does', (name) => {
  const git = spawnSync('git', ['check-ref-format', '--branch', name]).status === 0
  const ours = () => checkBranch(name)
  if (git) expect(ours()).toBe(name)
  else expect(ours).toThrow(expect.objectContaining({code: 'git.branch.refused'}))
})

test('refuses @, which git reads as HEAD', () => {
  expect(() => checkBranch('@')).toThrow(expect.objectContaining({code: 'git.branch.refused'}))
})
