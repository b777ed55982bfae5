import {derivePostId, statusAt, type Redirect, type SiteSettings, type Status} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {
  createArrayView,
  isReserved,
  livePage,
  livePost,
  type LivePage,
  type LivePost,
  type SiteView,
} from '@broadside/site'
import type {BodyShelf} from './body-shelf.ts'
import type {GoodVersion, StudioDocument} from './studio-document.ts'
import type {StudioFiles} from './studio-files.ts'

export type StudioPost = {
  post: LivePost
  /** Its address is one that Broadside writes itself. */
  isReserved: boolean
  status: Status
  version: GoodVersion
}

/** A site as publishing it now would make it, and as it will be when all that is not there yet is there. */
export type StudioViews = {
  now: SiteView
  coming: SiteView
  /** By path; those that have expired too. */
  posts: Map<string, StudioPost>
  pages: Map<string, LivePage>
}

export type ViewInputs = {
  settings: SiteSettings
  site: SiteView['site']
  themeFiles: Map<string, string>
  documents: ReadonlyMap<string, StudioDocument>
  redirects: Redirect[]
  files: StudioFiles
  bodies: BodyShelf
  asOf: number
  /** When a post without a date counts as seen, ms. */
  firstSeen: number
}

/** What was made of a version before is taken again, so that the indexes of views know it. */
const madePosts = new WeakMap<GoodVersion, {settings: SiteSettings; post: LivePost; isReserved: boolean}>()

export function studioViews(inputs: ViewInputs): StudioViews {
  const {documents, settings, asOf, firstSeen} = inputs
  const versions = new Map<string, GoodVersion>()
  const outlines = new Map<string, Fragment>()
  const posts: StudioPost[] = []
  const pages: {page: LivePage; version: GoodVersion}[] = []
  for (const {good: version} of documents.values()) {
    if (version === undefined) continue
    versions.set(version.key, version)
    outlines.set(version.key, version.outline)
    const {path, meta, key: fragmentKey} = version
    if (version.kind === 'page') {
      pages.push({page: livePage({path, meta, fragmentKey, formerAddresses: []}), version})
      continue
    }
    const date = meta.date ?? firstSeen
    const status = statusAt({draft: meta.draft, date, expires: meta.expires}, asOf)
    const made = postOf(version, date, settings)
    posts.push({...made, status, version})
  }
  const ordered = posts.toSorted((a, b) => a.post.date - b.post.date || (a.post.path < b.post.path ? -1 : 1))
  const view = (isIn: (post: StudioPost) => boolean, isPageIn: (version: GoodVersion) => boolean) => {
    const taken = new Set<string>()
    // As intake judges: the older post keeps an address, and no page takes one of a post.
    const isFree = ({address}: {address: string}) => {
      if (taken.has(address)) return false
      taken.add(address)
      return true
    }
    const isShown = (post: StudioPost) => isIn(post) && !post.isReserved && isFree(post.post)
    const livePosts = ordered.filter(isShown).map(({post}) => post)
    const isPageShown = ({page, version}: (typeof pages)[number]) =>
      isPageIn(version) && !isReserved(page.address) && isFree(page)
    const livePages = pages.filter(isPageShown).map(({page}) => page)
    return viewOf(inputs, {posts: livePosts, pages: livePages, versions, outlines})
  }
  let now: SiteView | undefined
  let coming: SiteView | undefined
  return {
    // Most states are looked at in one of them, and some in none.
    get now() {
      return (now ??= view(
        ({status}) => status.is === 'live',
        ({meta}) => !meta.draft,
      ))
    },
    get coming() {
      return (coming ??= view(
        ({status}) => status.is !== 'expired',
        () => true,
      ))
    },
    posts: new Map(posts.map((post) => [post.post.path, post])),
    pages: new Map(pages.map(({page}) => [page.path, page])),
  }
}

function postOf(version: GoodVersion, date: number, settings: SiteSettings): Pick<StudioPost, 'post' | 'isReserved'> {
  const made = madePosts.get(version)
  if (made?.settings === settings) return {post: made.post, isReserved: made.isReserved}
  const {path, meta, key: fragmentKey, outline: fragment} = version
  const id = meta.id ?? derivePostId(path, 0)
  const post = livePost({id, path, meta, date, settings, fragmentKey, fragment, formerAddresses: []})
  const own = {post, isReserved: isReserved(post.address)}
  madePosts.set(version, {settings, ...own})
  return own
}

type Contents = {
  posts: LivePost[]
  pages: LivePage[]
  versions: ReadonlyMap<string, GoodVersion>
  outlines: ReadonlyMap<string, Fragment>
}

function viewOf(
  {settings, site, themeFiles, redirects, files, bodies}: ViewInputs,
  {posts, pages, versions, outlines}: Contents,
): SiteView {
  const view = createArrayView({settings, site, themeFiles, posts, pages, redirects, fragments: outlines})
  return {
    ...view,
    async fragment(key) {
      const version = versions.get(key)
      return version === undefined ? undefined : bodies.bodyOf(version)
    },
    async source(id) {
      const post = await view.post(id)
      return post === undefined ? undefined : versions.get(post.fragmentKey)?.text
    },
    asset: files.asset,
    assetsByHash: files.byHash,
    async *assets() {
      for (const path of files.paths()) {
        const file = await files.asset(path)
        if (file !== undefined) yield file
      }
    },
  }
}
