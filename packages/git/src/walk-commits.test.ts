import {spawnSync} from 'node:child_process'
import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect} from 'vitest'
import {all, test} from './test-mirror.ts'
import type {Change} from './index.ts'

const prose = 'A line of the post that is long enough to be found again.\n'.repeat(10)
const brief = (changes: Change[]) =>
  changes.map((change) =>
    change.kind === 'rename' ? `${change.from} > ${change.path}` : `${change.kind} ${change.path}`,
  )

describe('walk', () => {
  test('gives first-parent commits oldest first, with what each changed', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'posts/a.md': prose})
    const date = '2026-03-01T10:00:00+01:00'
    const first = await repo.commit('Hello\nworld\n\nMore.', {date, author: {name: 'Inês', email: 'i@example.org'}})
    await repo.write({'posts/a.md': `${prose}More.`, 'x.png': 'x'})
    const second = await repo.commit('')
    const third = await repo.commit('empty')
    await repo.remove('x.png')
    const fourth = await repo.commit('fourth')
    await publish(mirror)
    const commits = await all(mirror.walk({to: fourth}))
    expect(commits.map(({commit, parent, changes}) => [commit, parent, brief(changes)])).toEqual([
      [first, undefined, ['add posts/a.md']],
      [second, first, ['modify posts/a.md', 'add x.png']],
      [third, second, []],
      [fourth, third, ['delete x.png']],
    ])
    expect(commits[0]).toMatchObject({
      authorDate: Date.parse(date),
      authorName: 'Inês',
      authorEmail: 'i@example.org',
      subject: 'Hello world',
    })
    expect(await all(mirror.walk({from: third, to: fourth}))).toEqual(commits.slice(3))
    expect(await all(mirror.walk({from: fourth, to: fourth}))).toEqual([])
    const {changes: _, ...info} = commits[0] ?? {changes: []}
    expect(await mirror.readCommit(first)).toEqual(info)
    expect(await mirror.readCommit('1'.repeat(40))).toBeUndefined()
  }, 20_000)

  test('tells renames of Markdown alone, with edits up to half of the text', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'posts/a.md': prose, 'posts/b.md': `${prose}b`, 'posts/pic.png': prose.repeat(2)})
    await repo.commit()
    await repo.move('posts/a.md', 'posts/z/index.md')
    await repo.write({'posts/z/index.md': `${prose}And a new end.\n`})
    await repo.move('posts/pic.png', 'posts/z/pic.png')
    const to = await repo.commit()
    await publish(mirror)
    const [, moved] = await all(mirror.walk({to}))
    expect(brief(moved?.changes ?? [])).toEqual([
      'delete posts/pic.png',
      'posts/a.md > posts/z/index.md',
      'add posts/z/pic.png',
    ])
    expect(moved?.changes.find(({kind}) => kind === 'rename')).toMatchObject({similarity: expect.any(Number)})
    expect(brief(await mirror.diffTrees(moved?.parent, to))).toContain('delete posts/a.md')
  })

  test('finds the same renames whether commits come one by one or together', async ({stage: {repo, open, publish}}) => {
    const files = Object.fromEntries(
      Array.from({length: 30}, (_, index) => [`posts/p${index}.md`, `${index} ${prose}`.repeat(1 + (index % 3))]),
    )
    await repo.write(files)
    let from = await repo.commit('start')
    const start = from
    const mirror = await open()
    await publish(mirror)
    const oneByOne: string[][] = []
    for (const round of [1, 2, 3]) {
      for (const [index, path] of Object.keys(files).entries()) {
        const current = round === 1 ? path : `r${round - 1}/p${index}.md`
        await repo.move(current, `r${round}/p${index}.md`)
        await repo.write({[`r${round}/p${index}.md`]: `${index} ${prose}round ${round}\n`.repeat(1 + (index % 3))})
      }
      const to = await repo.commit(`round ${round}`)
      await publish(mirror)
      for (const {changes} of await all(mirror.walk({from, to}))) oneByOne.push(brief(changes))
      from = to
    }
    const together = await all(mirror.walk({from: start, to: from}))
    expect(together.map(({changes}) => brief(changes))).toEqual(oneByOne)
    expect(oneByOne.flat().filter((line) => line.includes('>'))).toHaveLength(90)
  }, 20_000)

  test('sees a merge as one change of the first parent', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'posts/a.md': 'a'})
    const base = await repo.commit('base')
    await repo.git('checkout', '--quiet', '-b', 'draft')
    await repo.write({'posts/b.md': 'b'})
    const side = await repo.commit('side 1')
    await repo.write({'posts/c.md': 'c'})
    await repo.commit('side 2')
    await repo.git('checkout', '--quiet', 'main')
    await repo.write({'posts/a.md': 'aa'})
    const main = await repo.commit('main')
    await repo.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'draft')
    const head = await publish(mirror)
    const walked = await all(mirror.walk({from: base, to: head}))
    expect(walked.map(({subject, changes}) => [subject, brief(changes)])).toEqual([
      ['main', ['modify posts/a.md']],
      ['merge', ['add posts/b.md', 'add posts/c.md']],
    ])
    expect(await mirror.isAncestor(side, head)).toBe(true)
    expect(await mirror.isFirstParentAncestor(side, head)).toBe(false)
    expect(await mirror.isFirstParentAncestor(main, head)).toBe(true)
    expect(await mirror.isFirstParentAncestor(head, main)).toBe(false)
    expect(await mirror.isFirstParentAncestor('f'.repeat(40), head)).toBe(false)
  })

  test('ends git when the reader stops early', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.commit('one')
    await repo.commit('two')
    const head = await publish(mirror)
    for await (const {subject} of mirror.walk({to: head})) {
      expect(subject).toBe('one')
      break
    }
  })

  test('takes full hashes alone', async ({stage: {open}}) => {
    const mirror = await open()
    const refused = expect.objectContaining({code: 'git.hash.refused'})
    expect(() => mirror.walk({to: '--output=/tmp/x'})).toThrow(refused)
    expect(() => mirror.walk({to: 'main'})).toThrow(refused)
    await expect(mirror.readBlob('abc\ncontents def')).rejects.toEqual(refused)
  })
})

describe('listTree', () => {
  test('lists files with mode and size, links and odd names among them', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'posts/ü ß\n"q".md': 'hello', 'a.md': ''})
    await symlink('/etc/passwd', join(repo.dir, 'link.md'))
    await repo.commit()
    // A name in Latin-1, as old machines wrote it, cannot be passed as text: the tree is made by hand.
    const tree = await repo.git('ls-tree', '-z', 'HEAD')
    const entry = Buffer.concat([
      Buffer.from(tree),
      Buffer.from(`100644 blob ${await repo.git('rev-parse', 'HEAD:a.md')}\tcaf`),
      Buffer.from([0xe9, 0]),
      Buffer.from(`160000 commit ${'1'.repeat(40)}\tmodule\0`),
    ])
    const made = spawnSync('git', ['mktree', '-z', '--missing'], {cwd: repo.dir, input: entry}).stdout.toString().trim()
    await repo.git('reset', '--soft', await repo.git('commit-tree', made, '-p', 'HEAD', '-m', 'odd'))
    const head = await publish(mirror)
    const entries = await all(mirror.listTree(head))
    expect(entries.map(({path, mode, size, notUtf8}) => [path, mode, size, notUtf8 ?? false])).toEqual([
      ['a.md', '100644', 0, false],
      ['caf\uFFFD', '100644', 0, true],
      ['link.md', '120000', 11, false],
      ['module', '160000', 0, false],
      ['posts/ü ß\n"q".md', '100644', 5, false],
    ])
    expect(await mirror.diffTrees(undefined, head)).toHaveLength(5)
    expect(await mirror.readFile(head, 'link.md')).toBeUndefined()
    expect(Buffer.from((await mirror.readFile(head, 'a.md')) ?? 'x').toString()).toBe('')
  })
})
