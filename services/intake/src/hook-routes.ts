import {createHash} from 'node:crypto'
import {readHook, type Hook, type HookRequest} from '@broadside/forge'
import {findSite, isPreviewed, type Ledger} from '@broadside/ledger'
import {BroadsideError, problemResponse, type Clock, type Logger} from '@broadside/runtime'
import {Hono} from 'hono'
import {createAllowance} from './create-allowance.ts'
import {createDeliveryKeeper} from './keep-deliveries.ts'
import {createRefusalKeeper} from './keep-refusals.ts'
import {createBodyReader} from './read-body.ts'

export type HookRouteDeps = {
  ledger: Ledger
  clock: Clock
  log: Logger
  /** The secrets of a site, asked with each hook. */
  secrets: (site: string) => readonly string[]
  /** Called when a hint is in the ledger; the answer does not wait for it. */
  follow: (site: string) => void
}

/** GitHub sends no more than this. */
const maxBytes = 25 * 1_024 * 1_024
const limits = {maxBytes, maxHeldBytes: 4 * maxBytes, deadlineMs: 10_000}

/** A push is one hook; whoever sends more than these is answered by the newest of them. */
const perSite = {burst: 120, perSecond: 2}

const statuses: Record<string, number> = {
  'hook.refused': 401,
  'site.unknown': 404,
  'hook.method': 405,
  'hook.slow': 408,
  'hook.repeated': 409,
  'http.too-large': 413,
  'hook.media-type': 415,
}

/**
 * `POST /hooks/<site>` for the webhooks of forges. The answer comes when the hint is in the ledger, and the work after
 * it: 202 with what will be looked at, or why nothing will; 200 for a delivery that is known.
 */
export function hookRoutes({ledger, clock, log, secrets, follow}: HookRouteDeps): Hono {
  const routes = new Hono()
  const readBody = createBodyReader(limits)
  const allowance = createAllowance(perSite)
  const keep = createDeliveryKeeper(ledger)
  const noteRefusal = createRefusalKeeper(ledger, log)

  routes.post('/hooks/:site', async (c) => {
    const site = await findSite(ledger.db, c.req.param('site'))
    const kind = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    if (kind !== 'application/json' && kind !== 'application/x-www-form-urlencoded') {
      throw new BroadsideError('invalid', 'hook.media-type', 'a hook is sent as JSON, or as a form with a `payload`')
    }
    const body = await readBody(c.req.raw)
    const now = clock.now()
    const hook = verified(site.name, {headers: c.req.raw.headers, body}, now)
    const {forge, delivery} = hook
    const move =
      hook.moves.find(({branch}) => branch === site.branch) ?? hook.moves.find(({branch}) => isPreviewed(site, branch))
    const ignored = site.state === 'active' ? (hook.ignored ?? whyNot(move, site.branch)) : 'the site is paused'
    if (move?.after === undefined || ignored !== undefined) {
      log.debug({event: 'hook.ignored', site: site.name, forge, delivery, reason: ignored}, `${forge}: ${ignored}`)
      return c.json({status: 'ignored', reason: ignored}, 202)
    }

    const turn = allowance.take(site.name, now)
    if (!turn.ok) {
      throw new BroadsideError('throttled', 'hook.busy', 'this site had too many hooks', {retryAfterMs: turn.waitMs})
    }
    const bodyHash = createHash('sha256').update(body).digest('hex')
    const kept = await keep({site: site.name, forge, delivery, bodyHash, commit: move.after, now})
    if (kept === 'other') {
      throw new BroadsideError('invalid', 'hook.repeated', 'another body came under the id of this delivery', {
        hint: 'Give every delivery an id of its own',
      })
    }
    if (kept === 'known') return c.json({status: 'known', delivery}, 200)
    log.info(
      {event: 'hook.accepted', site: site.name, forge, delivery, commit: move.after, tookMs: clock.now() - now},
      `${forge} tells of ${move.after} on ${move.branch} of ${site.name}`,
    )
    if (kept === 'new') follow(site.name)
    return c.json({status: 'accepted', branch: move.branch, commit: move.after}, 202)
  })
  routes.all('/hooks/:site', () => {
    throw new BroadsideError('invalid', 'hook.method', 'hooks are sent by POST')
  })
  routes.onError((error) => {
    if (!(error instanceof BroadsideError)) throw error
    const response = problemResponse(error, statuses[error.code])
    if (error.code === 'hook.refused') response.headers.set('www-authenticate', 'Webhook-Signature')
    if (error.code === 'hook.method') response.headers.set('allow', 'POST')
    return response
  })
  return routes

  function verified(site: string, request: HookRequest, now: number): Hook {
    try {
      return readHook(request, {secrets: secretsOf(site), now})
    } catch (error) {
      if (error instanceof BroadsideError && error.code === 'hook.refused') noteRefusal(site, now)
      throw error
    }
  }

  /** A secret that is set wrongly is the operator's to know, and nobody else's. */
  function secretsOf(site: string): readonly string[] {
    try {
      const known = secrets(site)
      if (known.length === 0) log.warn({event: 'hook.no-secret', site}, `a hook came for ${site}, which has no secret`)
      return known
    } catch (error) {
      log.error({event: 'hook.no-secret', site, err: error}, `the webhook secret of ${site} cannot be read`)
      return []
    }
  }
}

function whyNot(move: {after: string | undefined} | undefined, branch: string): string | undefined {
  if (move === undefined) return `the site is published from the branch ${branch}`
  if (move.after === undefined) return `the branch ${branch} is gone; what is published stays`
  return undefined
}
