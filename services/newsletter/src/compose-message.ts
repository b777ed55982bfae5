import {createHash} from 'node:crypto'
import type {PostMeta, SiteSettings} from '@broadside/content'
import {
  findEdition,
  findSite,
  lastLiveRelease,
  openSiteView,
  postOfEdition,
  type Db,
  type EditionRow,
  type ReleasesTable,
  type SitesTable,
} from '@broadside/ledger'
import {composeEdition, preflight, type EditionInput, type EditionMessage, type MailFinding} from '@broadside/mail'
import {BroadsideError} from '@broadside/runtime'
import {brokenLinks, createUrls, mailImageSizes, renderBody, type SiteView} from '@broadside/site'
import type {Tokens} from '@broadside/subscribers'
import type {NewsletterOptions} from './newsletter.ts'
import {readerCounting} from './reader-counting.ts'
import {sendersOf} from './senders-of.ts'
import {siteVoice} from './site-voice.ts'

type ComposedMessage = {body: string; hash: string; subject: string; revision: number; release: number}

/** A message, and what its author should know of it. */
export type LookedOver = ComposedMessage & {findings: MailFinding[]}

/**
 * The message of an edition, from the post as readers see it now. Without `tokens` nothing is counted, as in what is
 * shown or sent to one address only.
 * @throws BroadsideError `edition.post-gone` (invalid), and what composing says of settings that cannot be used.
 */
export async function composeMessage(
  db: Db,
  edition: Pick<EditionRow, 'id' | 'site' | 'post' | 'corrects' | 'note' | 'subject'>,
  options: NewsletterOptions,
  tokens?: Tokens,
): Promise<LookedOver> {
  const live = await lastLiveRelease(db, edition.site)
  const view = live === undefined ? undefined : await openSiteView(db, edition.site, live.revision)
  const post = await view?.post(await postOfEdition(db, edition))
  if (live === undefined || view === undefined || post === undefined) throw postGone(edition)
  const {settings} = view
  const row = await findSite(db, edition.site)
  const voice = siteVoice(row, settings, await sendersOf(db, row, options))
  const {newsletter} = post.meta as typeof post.meta & Pick<PostMeta, 'newsletter'>
  const message = composeEdition({
    site: voice.site,
    post: {
      title: post.meta.title,
      url: createUrls(view.site.siteUrl).absolute(post.address),
      html: await renderBody(view, post, 'mail'),
      date: post.day,
      authors: post.meta.authors.map((key) => settings.authors[key]?.name ?? key),
      excerpt: post.meta.description ?? post.excerpt,
    },
    subject: edition.corrects === null ? (newsletter.subject ?? post.meta.title) : edition.subject,
    ...(newsletter.preheader === undefined ? {} : {preheader: newsletter.preheader}),
    from: voice.from,
    ...(voice.replyTo === undefined ? {} : {replyTo: voice.replyTo}),
    listId: voice.listId,
    editionId: edition.id,
    ...countingFor(row, settings, {edition: edition.id, tokens}),
    ...(await correctionFor(db, edition)),
  })
  return {
    ...messageText(message, live),
    findings: preflight(message, await deadLinksOf(view, post), await mailImageSizes(view, post)),
  }
}

async function deadLinksOf(view: SiteView, post: {path: string; fragmentKey: string}): Promise<string[]> {
  const fragment = await view.fragment(post.fragmentKey)
  if (fragment === undefined) return []
  const broken = await brokenLinks(view, {path: post.path, fragment})
  return broken.filter(({code}) => code === 'link.broken').map(({message}) => message)
}

/** A message as it is kept. */
export function messageText(message: EditionMessage, {revision, number}: ReleasesTable): ComposedMessage {
  const body = JSON.stringify(message)
  const hash = createHash('sha256').update(body).digest('hex')
  return {body, hash, subject: message.subject, revision, release: number}
}

export function postGone({site, digest = null}: {site: string; digest?: string | null}): BroadsideError {
  const what = digest === null ? 'its post' : 'a post of it'
  return new BroadsideError('invalid', 'edition.post-gone', `${what} is not on ${site} now`, {
    hint: 'Publish the post again, or cancel the edition',
  })
}

/** As `composeEdition` takes it; nothing without `tokens`, or where the site asks for none. */
export function countingFor(
  row: SitesTable,
  {newsletter}: SiteSettings,
  {edition, tokens}: {edition: string; tokens: Tokens | undefined},
): Pick<EditionInput, 'counting'> {
  const counting = tokens === undefined ? undefined : readerCounting(row, newsletter, {edition, tokens})
  return counting === undefined ? {} : {counting}
}

/** What the message of a correction answers; nothing for any other edition. */
async function correctionFor(
  db: Db,
  {corrects, note}: Pick<EditionRow, 'corrects' | 'note'>,
): Promise<Pick<EditionInput, 'correction'>> {
  const first = corrects === null ? undefined : await findEdition(db, corrects)
  if (first === undefined) return {}
  const {from} = await readMessage(db, first.message_hash ?? '')
  const of = {editionId: first.id, domain: from.address.split('@')[1] ?? ''}
  const sentOn = new Date(first.frozen_at ?? first.created_at).toISOString()
  return {correction: {of, sentOn, ...(note === null ? {} : {note})}}
}

async function readMessage(db: Db, hash: string): Promise<EditionMessage> {
  const row = await db.selectFrom('texts').select('body').where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) throw new BroadsideError('bug', 'ledger.text-missing', `the ledger lacks the text ${hash}`)
  return JSON.parse(row.body) as EditionMessage
}

const kept = 8

/** Reads frozen messages; the last few stay, since each part of an edition asks for the same object. */
export function createMessageReader(db: Db): (hash: string) => Promise<EditionMessage> {
  const messages = new Map<string, EditionMessage>()
  return async (hash) => {
    const known = messages.get(hash)
    if (known !== undefined) return known
    const message = await readMessage(db, hash)
    if (messages.size >= kept) messages.delete(messages.keys().next().value!)
    messages.set(hash, message)
    return message
  }
}
