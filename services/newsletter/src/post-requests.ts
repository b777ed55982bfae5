import {
  findSite,
  findEdition,
  lastLiveRelease,
  moveEdition,
  openEdition,
  openSiteView,
  whyDisarmed,
  type RequestHandler,
} from '@broadside/ledger'
import {messageIdFor, personalise, previewFor, type EditionMessage, type MailFinding} from '@broadside/mail'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import {z} from 'zod'
import {composeMessage} from './compose-message.ts'
import {answerFor} from './edition-answer.ts'
import {draftCorrection} from './draft-correction.ts'
import {editionId} from './edition-id.ts'
import {findPost} from './find-post.ts'
import type {Newsletter} from './newsletter.ts'

const schema = z.object({
  site: z.string(),
  post: z.string().min(1),
  /** A second mail of the post, to those who got the first; the next two are for it alone. */
  correction: z.boolean().optional(),
  subject: z.string().min(1).max(500).optional(),
  note: z.string().max(2_000).optional(),
})
const testSchema = schema.extend({to: z.string()})

/** What `preview` answers: the mail as one recipient would see it. */
export type MailPreview = {subject: string; from: string; text: string; html: string; findings: MailFinding[]}

/**
 * What people ask for about a post's mail. `preview` composes it and sends nothing. `test` sends it to one address,
 * once or, when newsletter dies meanwhile, twice; it touches no edition. `send` mails a post that was not mailed, for
 * its mail was off or it came with the site's first import; its edition is the only one that it ever has.
 */
export function postRequests(newsletter: Newsletter, look: () => void): Record<string, RequestHandler> {
  const {deps, options} = newsletter
  const {ledger, clock, log} = deps
  const {db} = ledger

  /** The edition that would be made of a post now. */
  async function draft({site, post: name, correction = false, subject, note}: z.infer<typeof schema>) {
    const post = await findPost(db, site, name)
    if (correction) return draftCorrection(db, {site, post}, {subject, note})
    const live = (await lastLiveRelease(db, site))!
    const view = await openSiteView(db, site, live.revision)
    const title = (await view.post(post))?.meta.title ?? name
    const about = {id: editionId(site, post), site, post, revision: live.revision, release: live.number}
    return {...about, subject: title, corrects: null, note: null}
  }

  async function compose(asked: z.infer<typeof schema>) {
    const edition = await draft(asked)
    const {id, site} = edition
    const {body, findings} = await composeMessage(db, edition, options)
    const message = JSON.parse(body) as EditionMessage
    // Nobody is unsubscribed by a link that is shown to somebody else.
    const page = (await findSite(db, site)).audience_url
    return {id, message, page, findings}
  }

  return {
    async preview(payload): Promise<MailPreview> {
      const {message, page, findings} = await compose(schema.parse(payload))
      const {name, address} = message.from
      return {subject: message.subject, from: `${name} <${address}>`, ...previewFor(message, page), findings}
    },
    async test(payload) {
      const {to, ...asked} = testSchema.parse(payload)
      const {address} = parseAddress(to)
      const disarmed = await whyDisarmed(db)
      if (disarmed !== undefined) {
        throw new BroadsideError('invalid', 'sending.disarmed', `no mail leaves here: ${disarmed}`, {
          hint: 'broadside arm lets it leave again',
        })
      }
      const {id, message, page, findings} = await compose(asked)
      const now = clock.now()
      const domain = message.from.address.split('@')[1]!
      const composed = personalise(
        {...message, subject: `[Test] ${message.subject}`},
        {
          address,
          unsubscribeUrl: page,
          oneClickUrl: page,
          messageId: messageIdFor(id, `test-${now}`, domain),
          date: new Date(now),
        },
      )
      const signer = options.signerOf(asked.site)
      const {submitter, slots} = newsletter.outletOf(asked.site)
      await slots.take(1, {first: true})
      try {
        const raw = signer === undefined ? composed : await signer(composed, now)
        const outcome = await submitter.submit({from: message.from.address, to: address, raw})
        log.info({event: 'edition.tested', site: asked.site, edition: id, state: outcome.state}, message.subject)
        if (outcome.state === 'accepted') return {subject: message.subject, reply: outcome.reply, findings}
        throw new BroadsideError('transient', 'edition.test', `the mail is ${outcome.state}: ${outcome.reason}`)
      } finally {
        slots.give(1)
      }
    },
    async send(payload) {
      const row = await draft(schema.parse(payload))
      const {id, site, post, subject, corrects} = row
      const opened = await ledger.transaction(async (tx) => {
        if (!(await openEdition(tx, {...row, state: 'freezing', reason: null}, clock.now()))) return false
        // Whoever looks takes it for long without progress, and so at once.
        return moveEdition(tx, id, ['freezing'], {progress_at: 0})
      })
      const known = opened ? undefined : await findEdition(db, id)
      if (known !== undefined && corrects === null && known.state !== 'freezing' && known.state !== 'sending') {
        throw new BroadsideError('invalid', 'edition.exists', `“${known.subject}” has its edition: ${known.state}`, {
          hint: 'A post is mailed once. One that is held goes with broadside newsletter approve',
        })
      }
      if (opened) log.info({event: 'edition.opened', site, edition: id, post, by: 'hand'}, `mailing "${subject}"`)
      look()
      return answerFor(db, id)
    },
  }
}
