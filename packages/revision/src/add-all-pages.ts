import {kindOfPath} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import type {Touched} from './follow-history.ts'
import {refusal} from './take-changes.ts'

/** Has every page of the commit judged again, whether the way touched it or not: pages have no more than their files. */
export async function addAllPages(mirror: Mirror, commit: string, {pages}: Pick<Touched, 'pages'>): Promise<void> {
  for await (const file of mirror.listTree(commit)) {
    if (kindOfPath(file.path) !== 'page' || pages.has(file.path)) continue
    if (refusal(file) === undefined) pages.set(file.path, file.oid)
  }
}
