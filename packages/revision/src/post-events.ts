import {createEvent, type Envelope} from '@broadside/contracts'
import type {PostChange} from './write-posts.ts'

/** What a revision did to a post, in one word. */
export function nameOf({before, after}: PostChange): string {
  const wasLive = before?.status === 'live'
  if (after?.status === 'live') return wasLive ? 'updated' : 'published'
  return wasLive ? 'removed' : (after?.status ?? 'removed')
}

/** The event that tells of it, if any: of posts that became live, left, or stayed with another source, address or image. */
export function eventOf(change: PostChange): 'post.published' | 'post.updated' | 'post.removed' | undefined {
  const {before, after, isSame} = change
  const name = nameOf(change)
  if (name === 'published') return 'post.published'
  if (name === 'removed' && before?.status === 'live') return 'post.removed'
  const isSeen = isSame || before?.source_hash !== after?.sourceHash || before?.address !== after?.address
  return name === 'updated' && isSeen ? 'post.updated' : undefined
}

/** The events of a revision's posts, each made when it is asked for. */
export function* postEvents(site: string, revision: number, changes: PostChange[], now: number): Generator<Envelope> {
  for (const change of changes) {
    const {id, before, after} = change
    const type = eventOf(change)
    if (type === undefined) continue
    const {title} = JSON.parse(after?.said ?? before!.meta) as {title: string}
    const data = {site, revision, post: id, title}
    if (type === 'post.removed') yield createEvent(type, {...data, address: before!.address}, now)
    else yield createEvent(type, {...data, address: after!.address, source: after!.sourceHash}, now)
  }
}
