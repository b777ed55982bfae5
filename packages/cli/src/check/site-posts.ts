import {derivePostId, statusAt, type PostMeta, type Status} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {createArrayView, livePage, livePost, type LivePage, type LivePost, type SiteView} from '@broadside/site'
import type {LoadedDocument, LoadedSite} from './load-site.ts'

export type StandingPost = {post: LivePost; meta: PostMeta; status: Status; loaded: LoadedDocument}
export type StandingPage = {page: LivePage; loaded: LoadedDocument}

/** The readable posts and pages of a site, and the view in which all of them, drafts too, are published. */
export type StandingSite = {posts: StandingPost[]; pages: StandingPage[]; view: SiteView}

/** `formerAddresses` lead to the post at a path. A post without a date counts as of `now`: when it was first seen is in no working tree. */
export function standingSite(
  {settings, documents, assets, redirects}: LoadedSite,
  now: number,
  formerAddresses: ReadonlyMap<string, string[]> = new Map(),
): StandingSite {
  const fragments = new Map<string, Fragment>()
  const posts: StandingPost[] = []
  const pages: StandingPage[] = []
  for (const loaded of documents) {
    const {path, kind, document} = loaded
    const {meta, fragment} = document
    if (meta === undefined || fragment === undefined) continue
    fragments.set(path, {version: 0, parts: [], diagnostics: [], ...fragment})
    const about = {path, meta, fragmentKey: path, formerAddresses: formerAddresses.get(path) ?? []}
    if (kind === 'page') {
      pages.push({page: livePage(about), loaded})
      continue
    }
    const date = meta.date ?? now
    const post = livePost({...about, id: derivePostId(path, 0), date, settings, fragment})
    posts.push({post, meta, status: statusAt({draft: meta.draft, date, expires: meta.expires}, now), loaded})
  }
  const view = createArrayView({
    settings,
    site: {name: 'site', siteUrl: 'https://site.example/', audienceUrl: 'https://site.example/'},
    posts: posts.map(({post}) => post),
    pages: pages.map(({page}) => page),
    // Only where a file is counts here, and reading all images would take longer than the rest together.
    assets: assets.map((path) => ({path, hash: '0'.repeat(64), size: 0})),
    redirects,
    fragments,
  })
  return {posts, pages, view}
}
