import {parsePost, statusAt, type PostMeta, type SiteSettings, type Status} from '@broadside/content'
import {localDay, postAddress} from '@broadside/site'
import {readSettings} from '../check/load-site.ts'
import type {WorkingTree} from '../check/working-tree.ts'

export type PostFile = {path: string; address: string; meta: PostMeta; date: number; status: Status}

export type PostFiles = {
  settings: SiteSettings
  posts: PostFile[]
  /** Paths of posts that cannot be read. */
  broken: string[]
}

/** The posts of a working tree by their front matter; one without a date counts as of `now`. */
export async function readPosts(tree: WorkingTree, now: number): Promise<PostFiles> {
  const settings = await readSettings(tree, [])
  const found: PostFiles = {settings, posts: [], broken: []}
  for (const {path} of tree.files.filter(({kind}) => kind === 'post')) {
    const {post} = parsePost({file: path, bytes: await tree.read(path), settings})
    if (post === undefined) {
      found.broken.push(path)
      continue
    }
    const {meta} = post
    const date = meta.date ?? now
    const address = postAddress(settings.permalink, meta, localDay(date, settings.timezone))
    found.posts.push({
      path,
      address,
      meta,
      date,
      status: statusAt({draft: meta.draft, date, expires: meta.expires}, now),
    })
  }
  return found
}
