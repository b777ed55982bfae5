import type {Diagnostic} from '@broadside/content'
import type {StudioSnapshot} from './studio-site.ts'
import {statusText} from './studio-state.ts'
import type {DocumentList, ListedDocument} from './studio-told.ts'

const maxShown = 100

/** Posts, those that are not live yet first, then the newest, then pages; those that have each word of `query`. */
export function listDocuments(snapshot: StudioSnapshot, diagnostics: Diagnostic[], query: string): DocumentList {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const errors = new Map<string, number>()
  for (const {file} of diagnostics) errors.set(file, (errors.get(file) ?? 0) + 1)
  const broken = new Set(diagnostics.filter(({severity}) => severity === 'error').map(({file}) => file))
  const found: (ListedDocument & {rank: number; date: number})[] = []
  for (const {path, kind, good} of snapshot.documents.values()) {
    const post = snapshot.posts.get(path)
    const title = good?.meta.title ?? path
    if (!words.every((word) => title.toLowerCase().includes(word) || path.includes(word))) continue
    const own = post === undefined ? (kind === 'page' ? 'page' : '') : statusText(post.status)
    const isComing = post !== undefined && (post.status.is === 'draft' || post.status.is === 'scheduled')
    found.push({
      path,
      title,
      status: broken.has(path) ? `broken ${own}`.trim() : own,
      problems: errors.get(path) ?? 0,
      rank: isComing ? 0 : kind === 'post' ? 1 : 2,
      date: post?.post.date ?? 0,
    })
  }
  found.sort((a, b) => a.rank - b.rank || b.date - a.date || (a.path < b.path ? -1 : 1))
  const shown = found.slice(0, maxShown).map(({path, title, status, problems}) => ({path, title, status, problems}))
  return {version: snapshot.version, total: found.length, shown}
}
