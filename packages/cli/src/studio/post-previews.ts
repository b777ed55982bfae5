import {feedItem, shownItem, type FeedFormat, type Html} from './feed-preview.ts'
import {previewMail, type MailPreview} from './mail-preview.ts'
import type {StudioSnapshot} from './studio-site.ts'
import type {StudioPost} from './studio-views.ts'

/** What becomes of a post beside its page. Each is made once for a state of the site, since several panes ask for it. */
export type PostPreviews = {
  item: (format: FeedFormat) => Promise<string>
  shownItem: () => Promise<Html>
  mail: () => Promise<MailPreview>
}

const made = new WeakMap<StudioPost, PostPreviews>()

/** A post that is live is shown as it is now, any other as it will be. `post` is one of the snapshot. */
export function previewsOf(snapshot: StudioSnapshot, post: StudioPost): PostPreviews {
  const known = made.get(post)
  if (known !== undefined) return known
  const view = viewOfPost(snapshot, post)
  const {theme} = snapshot
  const items = new Map<FeedFormat, Promise<string>>()
  let mail: Promise<MailPreview> | undefined
  const item = (format: FeedFormat) => {
    const own = items.get(format) ?? feedItem(view, theme, post.post, format)
    items.set(format, own)
    return own
  }
  const previews = {
    item,
    shownItem: async () => shownItem(view, await item('json')),
    mail: () => (mail ??= previewMail(view, post.post, post.version.meta)),
  }
  made.set(post, previews)
  return previews
}

export function viewOfPost(snapshot: StudioSnapshot, {status}: StudioPost): StudioSnapshot['now'] {
  return status.is === 'live' ? snapshot.now : snapshot.coming
}
