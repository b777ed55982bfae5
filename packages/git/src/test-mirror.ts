import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createRepo, type GitRepo} from '@broadside/testkit'
import {test as base} from 'vitest'
import {openMirror, type Mirror, type MirrorOptions} from './index.ts'

export type Stage = {
  repo: GitRepo
  /** Folder of the mirror; nothing is there before the first `open`. */
  dir: string
  /** Opens the mirror of the repository's remote; the test's end closes it. */
  open(options?: Partial<MirrorOptions>): Promise<Mirror>
  /** Pushes what was committed, fetches it and gives the head. */
  publish(mirror: Mirror): Promise<string>
}

/** A repository with a remote of its own and a place for a mirror, removed after the test. */
export const test = base.extend<{stage: Stage}>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern to learn what a fixture needs
  stage: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), 'broadside-mirror-'))
    const repo = await createRepo(root)
    const dir = join(root, 'mirrors', 'notes.git')
    const opened: Mirror[] = []
    await use({
      repo,
      dir,
      async open(options) {
        const mirror = await openMirror({dir, remoteUrl: repo.remote, branch: 'main', ...options})
        opened.push(mirror)
        return mirror
      },
      async publish(mirror) {
        await repo.push({force: true})
        const {head} = await mirror.fetch()
        if (head === undefined) throw new Error('the branch was pushed and not found')
        return head
      },
    })
    for (const mirror of opened) await mirror.close()
    await rm(root, {recursive: true, force: true})
  },
})

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
