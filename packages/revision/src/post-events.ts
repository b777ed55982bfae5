import {createEvent, type Envelope} from '@broadside/contracts'
import type {PostChange} from './write-posts.ts'

/** What a revision did to a post, in one word. */
export function nameOf({before, after}: PostChange): string {
  const wasLive = before?.status === 'live'
  if (after?.status === 'live') return wasLive ? 'updated' : 'published'
  return wasLive ? 'removed' : (after?.status ?? 'removed')
}

/** Tells of each post that became live, left it, or stayed with another source, address or image. */
export function postEvents(site: string, revision: number, changes: PostChange[], now: number): Envelope[] {
  return changes.flatMap((change): Envelope[] => {
    const {id, before, after} = change
    const name = nameOf(change)
    const version = after ?? before
    if (version === undefined) return []
    const {title} = JSON.parse(version.meta) as {title: string}
    const data = {site, revision, post: id, title, address: version.address}
    if (name === 'published') return [createEvent('post.published', {...data, source: version.source_hash}, now)]
    if (name === 'removed' && before?.status === 'live') {
      return [createEvent('post.removed', {...data, address: before.address}, now)]
    }
    // A change that left the version as it was is one of its images.
    const seen = before === after || before?.source_hash !== after?.source_hash || before?.address !== after?.address
    return name === 'updated' && seen ? [createEvent('post.updated', {...data, source: version.source_hash}, now)] : []
  })
}
