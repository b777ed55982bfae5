import {findEdition, findSite, lastLiveRelease, listSites, serveRequests} from '@broadside/ledger'
import {createLoop, type Service} from '@broadside/runtime'
import {announcePosts} from './announce-posts.ts'
import {carryEdition, completeEdition, turnsPerAttempt} from './carry-edition.ts'
import {createMessageReader} from './compose-message.ts'
import {createSlots} from './create-slots.ts'
import {editionRequests} from './edition-requests.ts'
import {defaultOptions, type Newsletter, type NewsletterDeps, type NewsletterOptions} from './newsletter.ts'
import {sendLetter} from './send-letter.ts'
import {sendPart} from './send-part.ts'
import {linkTo} from './site-voice.ts'
import {sweepMail} from './sweep-mail.ts'

/** Letters at once; more than one so that a slow answer keeps nobody else waiting. */
const lettersAtOnce = 2

/**
 * Newsletter: from a live release to mails, each subscriber of an edition once, and the letters that people wait for.
 * It listens for `release.live`, works on the queues of parts and letters, and looks by itself for what no message
 * told it of. Registers on bus and queue, so make it before they start.
 */
export function createNewsletter(
  deps: NewsletterDeps,
  given: Pick<NewsletterOptions, 'mailFrom'> & Partial<NewsletterOptions>,
): Service {
  const options: NewsletterOptions = {...defaultOptions, ...given}
  const {ledger, bus, queue, submitter, clock, log} = deps
  const newsletter: Newsletter = {deps, options, slots: createSlots(submitter.connections), troubles: new Map()}
  const readMessage = createMessageReader(ledger.db)
  /** The newest release of each site that was looked at here; what it says does not change. */
  const seen = new Map<string, number>()
  let patient = false

  async function advance(site: string): Promise<void> {
    const release = await lastLiveRelease(ledger.db, site)
    if (release === undefined || seen.get(site) === release.number) return
    for (const edition of await announcePosts(newsletter, site)) await carryEdition(newsletter, edition)
    seen.set(site, release.number)
  }

  const announce = createLoop({
    name: 'newsletter.announce',
    everyMs: options.announceMs,
    log,
    async look() {
      for (const {name} of await listSites(ledger.db)) await advance(name)
    },
  })
  const sweep = createLoop({
    name: 'newsletter.sweep',
    everyMs: options.sweepMs,
    log,
    async look() {
      const more = await sweepMail(newsletter, {patient})
      patient = true
      return more
    },
  })
  const requests = serveRequests({
    ledger,
    service: 'newsletter',
    log,
    clock,
    handlers: editionRequests(newsletter, sweep.nudge),
  })

  bus.consume({
    durable: 'newsletter-releases',
    filter: 'broadside.v1.*.release.live',
    async handle(events) {
      for (const site of new Set(events.map(({data}) => data.site))) await advance(site)
    },
  })
  queue.work('letter.submit', {
    concurrency: lettersAtOnce,
    handle: ({site, letter}) => sendLetter(newsletter, site, letter),
  })
  queue.work('edition.batch', {
    concurrency: options.lanes,
    async handle(key, {attempt, signal}) {
      const edition = await findEdition(ledger.db, key.edition)
      if (edition?.state !== 'sending' || edition.message_hash === null) return
      const message = await readMessage(edition.message_hash)
      const {audience_url: base} = await findSite(ledger.db, edition.site)
      const mailing = {
        edition,
        message,
        unsubscribeUrl: (token: string) => linkTo(base, 'unsubscribe', token),
        domain: message.from.address.split('@')[1]!,
      }
      const part = await sendPart(newsletter, mailing, signal)
      if (part.end === 'stopped') return
      if (part.end === 'none-due') return completeEdition(newsletter, edition)
      const now = await findEdition(ledger.db, edition.id)
      // Others carry it on under another number; this was the last part of its lane.
      if (now === undefined || Math.floor(attempt / turnsPerAttempt) !== now.attempt) return
      const delay = part.end === 'trouble' ? {delayMs: part.waitMs} : {}
      await queue.add('edition.batch', key, {attempt: attempt + 1, ...delay}).catch((error: unknown) => {
        log.warn(
          {event: 'edition.waiting', site: key.site, edition: edition.id, err: error},
          'the queue takes no parts',
        )
      })
    },
  })

  return {
    name: 'newsletter',
    async start() {
      sweep.start()
      announce.start()
      await requests.start()
    },
    async stop() {
      await Promise.all([sweep.stop(), announce.stop(), requests.stop()])
    },
  }
}
