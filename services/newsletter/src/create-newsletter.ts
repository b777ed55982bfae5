import {consumerOf} from '@broadside/contracts'
import {isActive, isPublic, lastLiveRelease, listSites, serveRequests} from '@broadside/ledger'
import {createLoop, explain, type Service} from '@broadside/runtime'
import {announcePosts} from './announce-posts.ts'
import {carryEdition} from './carry-edition.ts'
import {carryPart} from './carry-part.ts'
import {createMessageReader} from './compose-message.ts'
import {createOutlets} from './create-outlets.ts'
import {editionRequests} from './edition-requests.ts'
import {defaultOptions, type Newsletter, type NewsletterDeps, type NewsletterOptions} from './newsletter.ts'
import {postRequests} from './post-requests.ts'
import {sendLetter} from './send-letter.ts'
import {settleByHand} from './settle-by-hand.ts'
import {parseMailbox} from './site-voice.ts'
import {sweepMail} from './sweep-mail.ts'

/** Letters at once; more than one so that a slow answer keeps nobody else waiting. */
const lettersAtOnce = 2

/** Editions whose parts are in work at once, so that a mail server that says nothing holds up its own site's alone. */
const editionsAtOnce = 4

/**
 * Newsletter: from a live release to mails, each subscriber of an edition once, and the letters that people wait for.
 * It listens for `release.live`, works on the queues of parts and letters, and looks by itself for what no message
 * told it of. Registers on bus and queue, so make it before they start.
 *
 * @throws BroadsideError `address.invalid` (invalid) when `mailFrom` is no sender.
 */
export function createNewsletter(
  deps: NewsletterDeps,
  given: Pick<NewsletterOptions, 'mailFrom'> & Partial<NewsletterOptions>,
): Service {
  const options: NewsletterOptions = {...defaultOptions, ...given}
  const {ledger, bus, queue, submitter, clock, log} = deps
  parseMailbox(options.mailFrom)
  const newsletter: Newsletter = {
    deps,
    options,
    outletOf: createOutlets(submitter, options.submitterOf),
    troubles: new Map(),
    weathers: new Map(),
  }
  const readMessage = createMessageReader(ledger.db)
  /** The newest release of each site that was looked at here; what it says does not change. */
  const seen = new Map<string, number>()
  let patient = false

  const mayAnnounce = async (site: string) => (await isActive(ledger.db, site)) && (await isPublic(ledger.db, site))

  async function advance(site: string): Promise<void> {
    const release = await lastLiveRelease(ledger.db, site)
    if (release === undefined || seen.get(site) === release.number || !(await mayAnnounce(site))) return
    for (const edition of await announcePosts(newsletter, site)) await carryEdition(newsletter, edition)
    seen.set(site, release.number)
  }

  const announce = createLoop({
    name: 'newsletter.announce',
    everyMs: options.announceMs,
    log,
    async look() {
      for (const {name} of await listSites(ledger.db)) {
        await advance(name).catch((error: unknown) =>
          // One site that cannot be announced does not stop the others.
          log.error({event: 'newsletter.failed', site: name, err: error}, `${name}: ${explain(error)}`),
        )
      }
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
    handlers: {
      ...editionRequests(newsletter, sweep.nudge),
      ...settleByHand(newsletter, sweep.nudge),
      ...postRequests(newsletter, sweep.nudge),
    },
  })

  bus.consume({
    ...consumerOf('newsletter-releases'),
    async handle(events) {
      for (const site of new Set(events.map(({data}) => data.site))) await advance(site)
    },
  })
  queue.work('letter.submit', {
    concurrency: lettersAtOnce,
    handle: ({site, letter}) => sendLetter(newsletter, site, letter),
  })
  queue.work('edition.batch', {
    concurrency: options.lanes * editionsAtOnce,
    handle: (key, {attempt, signal}) => carryPart(newsletter, readMessage, key, {attempt, signal}),
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
