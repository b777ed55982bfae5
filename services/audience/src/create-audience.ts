import type {Hono} from 'hono'
import {serveRequests} from '@broadside/ledger'
import type {Service} from '@broadside/runtime'
import {audienceRoutes} from './audience-routes.ts'
import {defaultOptions, type AudienceDeps, type AudienceOptions} from './audience.ts'
import {subscriberRequests} from './subscriber-requests.ts'

/**
 * Audience: sign-up, confirmation and leaving over public HTTP (`routes`, to be served at the site's `audience_url`),
 * and what operators ask about subscribers.
 */
export function createAudience(deps: AudienceDeps, given: Partial<AudienceOptions> = {}): Service & {routes: Hono} {
  const {ledger, clock, log} = deps
  const requests = serveRequests({ledger, service: 'audience', log, clock, handlers: subscriberRequests(deps)})
  return {
    name: 'audience',
    routes: audienceRoutes({deps, options: {...defaultOptions, ...given}}),
    start: () => requests.start(),
    stop: () => requests.stop(),
  }
}
