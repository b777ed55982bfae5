import type {EditionRow, ReadyDelivery} from '@broadside/ledger'
import {messageIdFor, personalise, type EditionMessage} from '@broadside/mail'
import {explain} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import type {Newsletter} from './newsletter.ts'

/**
 * The link to somebody's own choices and data ends some day, since mails are passed on; that to leave never does.
 * In ms.
 */
const preferencesMs = 90 * 86_400_000

/** What all deliveries of an edition have in common. */
export type Mailing = {
  edition: Pick<EditionRow, 'id' | 'site' | 'reason' | 'canary' | 'canary_at'>
  message: EditionMessage
  /** Where a recipient's link with this token leads. */
  unsubscribeUrl: (token: string) => string
  preferencesUrl: (token: string) => string
  domain: string
}

/** Fills in what is one person's, signs, and submits. Does not throw: what cannot be composed has failed for everybody. */
export async function submitDelivery(
  {deps, options, outletOf}: Newsletter,
  {edition, message, unsubscribeUrl, preferencesUrl, domain}: Mailing,
  {subscriber, address}: ReadyDelivery,
): Promise<Outcome> {
  try {
    const {site} = edition
    const {answers} = message
    const {testTo} = options.rulesOf(site)
    const now = deps.clock.now()
    const mail = {kind: 'edition', id: edition.id, subscriber} as const
    // A mail that goes to the owner of the site instead says nothing of the subscriber when it comes back.
    const returnPaths = testTo === undefined ? options.returnPaths : undefined
    const leaveAddress = returnPaths?.addressFor('leave', mail)
    const from = returnPaths?.addressFor('bounce', mail) ?? message.from.address
    const tag = returnPaths?.tagFor('bounce', mail)
    // Whoever follows the links of a test acts for nobody.
    const url = unsubscribeUrl(
      testTo === undefined ? deps.tokens.sign({purpose: 'unsubscribe', site, subscriber}) : 'of-a-test',
    )
    const expiresAt = new Date(now + preferencesMs)
    const choose = preferencesUrl(
      testTo === undefined ? deps.tokens.sign({purpose: 'preferences', site, subscriber, expiresAt}) : 'of-a-test',
    )
    const composed = personalise(message, {
      address: testTo ?? address,
      unsubscribeUrl: url,
      oneClickUrl: url,
      ...(leaveAddress === undefined ? {} : {leaveAddress}),
      preferencesUrl: choose,
      messageId: messageIdFor(edition.id, subscriber, domain),
      ...(answers === undefined ? {} : {inReplyTo: messageIdFor(answers.editionId, subscriber, answers.domain)}),
      date: new Date(now),
    })
    const signer = options.signerOf(site)
    const raw = signer === undefined ? composed : await signer(composed, now)
    const to = testTo ?? address
    return await outletOf(site).submitter.submit({from, to, raw, ...(tag === undefined ? {} : {tag})})
  } catch (error) {
    // The submitter does not throw, so nothing has left; and what cannot be written to one cannot be written to others.
    deps.log.error({event: 'delivery.unfit', site: edition.site, edition: edition.id, subscriber, err: error}, 'unfit')
    return {state: 'failed', scope: 'server', reason: explain(error), reply: '', code: 550}
  }
}
