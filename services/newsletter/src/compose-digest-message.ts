import {findSite, lastLiveRelease, openSiteView, type Db, type EditionRow} from '@broadside/ledger'
import {composeDigest, preflight} from '@broadside/mail'
import {createUrls} from '@broadside/site'
import type {Tokens} from '@broadside/subscribers'
import {countingFor, messageText, type LookedOver} from './compose-message.ts'
import {postsOf} from './edition-answer.ts'
import type {NewsletterOptions} from './newsletter.ts'
import {sendersOf} from './senders-of.ts'
import {siteVoice} from './site-voice.ts'

/**
 * The message of a digest, from its posts as readers see them now, with the ids of those that it has; undefined when
 * they have all left the site.
 * @throws BroadsideError what composing says of settings that cannot be used.
 */
export async function composeDigestMessage(
  db: Db,
  {id, site, posts: ids}: Pick<EditionRow, 'id' | 'site' | 'posts'>,
  options: NewsletterOptions,
  tokens: Tokens,
): Promise<(LookedOver & {posts: string[]}) | undefined> {
  const live = await lastLiveRelease(db, site)
  if (live === undefined) return undefined
  const view = await openSiteView(db, site, live.revision)
  const {settings} = view
  const row = await findSite(db, site)
  const voice = siteVoice(row, settings, await sendersOf(db, row, options))
  const urls = createUrls(view.site.siteUrl)
  const posts = []
  const shown = []
  for (const post of postsOf(ids)) {
    const found = await view.post(post)
    if (found === undefined) continue
    shown.push(post)
    posts.push({
      title: found.meta.title,
      url: urls.absolute(found.address),
      date: found.day,
      authors: found.meta.authors.map((key) => settings.authors[key]?.name ?? key),
      excerpt: found.meta.description ?? found.excerpt,
    })
  }
  if (posts.length === 0) return undefined
  const replyTo = voice.replyTo === undefined ? {} : {replyTo: voice.replyTo}
  const counting = countingFor(row, settings, {edition: id, tokens})
  const about = {site: voice.site, from: voice.from, ...replyTo, listId: voice.listId, editionId: id, ...counting}
  const message = composeDigest({...about, posts})
  // It links to the posts themselves, which are there.
  return {...messageText(message, live), posts: shown, findings: preflight(message, [])}
}
