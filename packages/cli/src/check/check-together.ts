import {statusAt, type Diagnostic} from '@broadside/content'
import {tellFeedIds} from '@broadside/revision'
import {brokenLinks, brokenRedirects, createSuggester, isReserved, resolveRef} from '@broadside/site'
import type {StandingPost, StandingSite} from './site-posts.ts'

/** What only shows when the files of a site are seen together: addresses, ids, links, what is mailed. `pause` is awaited after each file. */
export async function checkTogether(
  standing: StandingSite,
  now: number,
  pause: () => Promise<void> | void,
): Promise<Diagnostic[]> {
  return [
    ...takenAddresses(standing),
    ...duplicateIds(standing),
    ...duplicateFeedIds(standing),
    ...(await lostLinks(standing, now, pause)),
    ...(await brokenRedirects(standing.view)),
    ...cutMails(standing, now),
  ]
}

/** The older post keeps an address, then the first by path; no page takes a post's. */
function takenAddresses({posts, pages}: StandingSite): Diagnostic[] {
  const claiming = posts.filter(({status}) => status.is === 'live' || status.is === 'scheduled')
  const ordered = claiming.toSorted((a, b) => a.post.date - b.post.date || (a.post.path < b.post.path ? -1 : 1))
  const all = [
    ...ordered.map(({post: {path, address}}) => ({path, address, code: 'post.address-taken'})),
    ...pages
      .filter(({loaded}) => loaded.document.meta?.draft !== true)
      .map(({page: {path, address}}) => ({path, address, code: 'page.address-taken'})),
  ]
  const holders = new Map<string, string>()
  return all.flatMap(({path, address, code}) => {
    const holder = isReserved(address) ? 'Broadside itself' : holders.get(address)
    if (holder === undefined) {
      holders.set(address, path)
      return []
    }
    const message = `its address ${address} belongs to ${holder}`
    return [
      {severity: 'error', code, file: path, message, cure: 'Give it another slug: or permalink: in its front matter'},
    ]
  })
}

function duplicateIds({posts}: StandingSite): Diagnostic[] {
  const holders = new Map<string, string>()
  return posts.flatMap(({post: {path}, meta: {id}}) => {
    const holder = id === undefined ? undefined : holders.get(id)
    if (id !== undefined && holder === undefined) holders.set(id, path)
    if (holder === undefined) return []
    const message = `${holder} already has the id ${JSON.stringify(id)}, so this post goes by another`
    const cure = 'Give it an id of its own, or remove the line'
    return [{severity: 'error', code: 'post.duplicate-id', file: path, message, cure}]
  })
}

/** Nobody holds an id yet as far as a working tree tells: the older post is right. */
function duplicateFeedIds({posts}: StandingSite): Diagnostic[] {
  return tellFeedIds(
    posts.flatMap(({post: {path, date}, meta: {feedId}}) =>
      feedId === undefined ? [] : [{path, feedId, date, bornAt: 0, isHeld: false}],
    ),
  )
}

/** Links that lead nowhere even when everything is published, and those whose target is not, when the post is. */
async function lostLinks(
  {posts, pages, view}: StandingSite,
  now: number,
  pause: () => Promise<void> | void,
): Promise<Diagnostic[]> {
  const suggest = createSuggester(view)
  const byAddress = new Map(posts.map((standing) => [standing.post.address, standing]))
  const found: Diagnostic[] = []
  const check = async ({path, meta}: {path: string; meta: object}, moment: number | undefined) => {
    const fragment = await view.fragment(path)
    await pause()
    if (fragment === undefined) return
    found.push(...(await brokenLinks(view, {path, fragment, meta}, suggest)))
    if (moment === undefined) return
    for (const ref of fragment.refs) {
      const target = byAddress.get((await resolveRef(view, path, ref))?.address ?? '')
      const why = target === undefined || target.post.path === path ? undefined : whyNotLive(target, moment)
      if (why === undefined) continue
      const message = `"${ref.url}" leads to ${target?.post.path}, which ${why}: until then the words stay without the link.`
      const place = {file: path, line: ref.line, column: ref.column}
      const cure = 'Publish it first, or leave it: the link appears by itself.'
      found.push({severity: 'warning', code: 'link.not-live', ...place, message, cure})
    }
  }
  for (const {post, status} of posts)
    await check(post, status.is === 'scheduled' ? status.at : status.is === 'live' ? now : undefined)
  for (const {page} of pages) await check(page, now)
  return found
}

function whyNotLive({meta: {draft, expires}, post: {date}}: StandingPost, moment: number): string | undefined {
  const status = statusAt({draft, date, expires}, moment)
  if (status.is === 'draft') return 'is a draft'
  if (status.is === 'scheduled') return `becomes live at ${new Date(status.at).toISOString()}`
  return status.is === 'expired' ? 'has expired' : undefined
}

/** Of posts whose mail is still to go. */
function cutMails({posts, view}: StandingSite, now: number): Diagnostic[] {
  const {enabled, autoSendDays} = view.settings.newsletter
  const since = now - autoSendDays * 86_400_000
  return posts.flatMap(({post, meta, status, loaded}) => {
    const isMailed = meta.newsletter.send ?? enabled
    const {cutMailBytes} = loaded.document
    if (
      !isMailed ||
      cutMailBytes === undefined ||
      status.is === 'expired' ||
      (status.is === 'live' && post.date < since)
    )
      return []
    const message = `Its mail would have ${Math.round(cutMailBytes / 1_000)} kB of HTML, of which Gmail shows 102; so it ends earlier, in a link to the rest.`
    const cure = 'Shorten it, if readers should have all of it in their mail.'
    return [{severity: 'warning', code: 'mail.cut', file: post.path, message, cure}]
  })
}
