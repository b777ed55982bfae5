import {isSafePath, kindOfPath} from '@broadside/content'
import type {Change} from '@broadside/git'
import type {Touched} from './follow-history.ts'

/** Files what a step changed under what each path is to the site; gives the changes of posts and pages, and of the settings. */
export function takeChanges(
  touched: Touched,
  changes: Change[],
): {posts: Change[]; pages: Change[]; settings: Change | undefined} {
  const posts: Change[] = []
  const pages: Change[] = []
  let settings: Change | undefined
  for (const change of changes.flatMap(splitForeignRename)) {
    const kind = kindOfPath(change.path)
    if (kind === 'ignored') continue
    const isRefused = change.kind !== 'delete' && refuse(touched, change)
    const oid = change.kind === 'delete' || isRefused ? undefined : change.oid
    // A link or submodule in the place of a post is the end of that post.
    const taken: Change = isRefused ? {...change, kind: 'delete'} : change
    if (kind === 'post') posts.push(taken)
    if (kind === 'page') {
      pages.push(taken)
      touched.pages.set(change.path, oid)
    }
    if (kind === 'asset' || kind === 'post-asset') touched.assets.set(change.path, oid)
    if (kind === 'settings') settings = taken
    if (kind === 'theme') touched.theme = true
    if (kind === 'redirects') touched.redirects = true
  }
  return {posts, pages, settings}
}

/** A rename into or out of `posts/` is an arrival or a departure. */
function splitForeignRename(change: Change): Change[] {
  if (change.kind !== 'rename') return [change]
  const isPost = kindOfPath(change.from) === 'post' && kindOfPath(change.path) === 'post'
  if (isPost && refusal(change) === undefined) return [change]
  const {oid, mode} = change
  return [
    {kind: 'delete', path: change.from, oid, mode},
    {kind: 'add', path: change.path, oid, mode},
  ]
}

function refuse(touched: Touched, change: Change): boolean {
  const message = refusal(change)
  if (message === undefined) return false
  const cure = 'Replace it by a regular file with a plain name'
  touched.diagnostics.push({severity: 'error', code: 'file.refused', file: change.path, message, cure})
  return true
}

/** Why a file of the tree is not taken: links and submodules are never followed, unsafe names never become keys. */
export function refusal(change: Pick<Change, 'path' | 'mode' | 'notUtf8'>): string | undefined {
  if (change.mode === '120000') return 'it is a symbolic link, which is not followed'
  if (change.mode === '160000') return 'it is a submodule, which is not followed'
  if (change.notUtf8 === true) return 'its name is not UTF-8'
  if (!isSafePath(change.path)) return 'its name is not safe to publish'
  return undefined
}
