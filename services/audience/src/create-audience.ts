import {Hono} from 'hono'
import type {Service} from '@broadside/runtime'
import type {AudienceDeps, AudienceOptions} from './audience.ts'

/** Audience: sign-up, confirmation and leaving over public HTTP, and what operators ask about subscribers. */
export function createAudience(_deps: AudienceDeps, _options: Partial<AudienceOptions> = {}): Service & {routes: Hono} {
  return {name: 'audience', routes: new Hono(), start: async () => undefined, stop: async () => undefined}
}
