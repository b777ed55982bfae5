import {createRepo, type GitRepo} from '@broadside/testkit'
import {onTestFinished} from 'vitest'

export const post = (title: string, body = 'Out of the press.'): string => `---\ntitle: ${title}\n---\n\n${body}\n`

/** Somebody's own repository with one commit pushed to its remote; it goes when the test ends. */
export async function siteRepo(files: Record<string, string> = {'posts/first.md': post('First')}): Promise<GitRepo> {
  const repo = await createRepo()
  onTestFinished(() => repo.destroy())
  await repo.write({'broadside.yaml': 'title: Test site\ntimezone: UTC\n', ...files})
  await repo.commit('first')
  await repo.push()
  return repo
}
