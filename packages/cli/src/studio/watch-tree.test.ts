import {mkdirSync, rmSync} from 'node:fs'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {until} from '@broadside/testkit'
import {expect, test} from 'vitest'
import {watchTree} from './watch-tree.ts'

test('a folder that is removed and made again at once is followed as before, and those in it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'broadside-watch-'))
  const told: string[] = []
  await mkdir(join(root, 'posts/deep'), {recursive: true})
  await writeFile(join(root, 'posts/old.md'), 'old')
  const {close} = await watchTree(root, {isWanted: () => true, onPaths: (paths) => void told.push(...paths)})
  try {
    rmSync(join(root, 'posts'), {recursive: true})
    mkdirSync(join(root, 'posts/deep'), {recursive: true})
    await until('what was in it is told', () => told.includes('posts') || told.includes('posts/old.md'))
    for (const text of ['once', 'twice']) {
      told.length = 0
      await writeFile(join(root, 'posts/deep/new.md'), text)
      await until(`a save is told ${text}`, () => told.includes('posts/deep/new.md'))
    }
    expect(told).toContain('posts/deep/new.md')
  } finally {
    close()
    await rm(root, {recursive: true})
  }
})
