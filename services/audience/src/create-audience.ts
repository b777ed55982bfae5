import type {Hono} from 'hono'
import {serveRequests} from '@broadside/ledger'
import {createLoop, type Service} from '@broadside/runtime'
import {createCounter} from './counting/create-counter.ts'
import {audienceRoutes} from './audience-routes.ts'
import {applyLeavings} from './leave.ts'
import {defaultOptions, type AudienceDeps, type AudienceOptions} from './audience.ts'
import {subscriberRequests} from './subscriber-requests.ts'

/**
 * Audience: sign-up, confirmation and leaving over public HTTP (`routes`, to be served at the site's `audience_url`),
 * and what operators ask about subscribers.
 */
export function createAudience(deps: AudienceDeps, given: Partial<AudienceOptions> = {}): Service & {routes: Hono} {
  const {ledger, clock, log} = deps
  const requests = serveRequests({ledger, service: 'audience', log, clock, handlers: subscriberRequests(deps)})
  const leavings = createLoop({name: 'audience.leavings', everyMs: 1_000, log, look: () => applyLeavings(deps)})
  const counter = createCounter({ledger, clock, log})
  return {
    name: 'audience',
    routes: audienceRoutes({deps, options: {...defaultOptions, ...given}}, counter),
    async start() {
      leavings.start()
      counter.start()
      await requests.start()
    },
    async stop() {
      await Promise.all([leavings.stop(), counter.stop(), requests.stop()])
    },
  }
}
