import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openMirror, type MirrorOptions} from '@broadside/git'
import {createRepo, type GitRepo} from '@broadside/testkit'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createMirrors, type Mirrors} from './create-mirrors.ts'

let home: string
let repo: GitRepo
let mirrors: Mirrors
let opened: string[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'broadside-mirrors-'))
  repo = await createRepo()
  await repo.write({'a.md': 'a\n'})
  await repo.commit('first')
  await repo.push()
  opened = []
  mirrors = createMirrors((options) => {
    opened.push(options.branch)
    return openMirror(options)
  })
})
afterEach(async () => {
  await mirrors.close()
  await repo.destroy()
  await rm(home, {recursive: true})
})

const at = (branch: string): MirrorOptions => ({dir: join(home, 'notes.git'), remoteUrl: repo.remote, branch})

test('all who ask at once share one mirror, also while it is opened and when it is opened anew', async () => {
  const [one, other] = await Promise.all([mirrors.of(at('main')), mirrors.of(at('main'))])
  expect(one).toBe(other)
  const heads = await Promise.all([one.fetch(), other.fetch()])
  expect(heads[0]).toEqual(heads[1])
  await Promise.all([mirrors.of(at('draft')), mirrors.of(at('draft'))])
  expect(opened).toEqual(['main', 'draft'])
})

test('a mirror that cannot be opened is tried again with the next call', async () => {
  await expect(mirrors.of(at('-no-branch'))).rejects.toMatchObject({code: 'git.branch.refused'})
  await expect(mirrors.of(at('-no-branch'))).rejects.toMatchObject({code: 'git.branch.refused'})
  expect((await (await mirrors.of(at('main'))).fetch()).head).toBeDefined()
  expect(opened).toHaveLength(3)
})
