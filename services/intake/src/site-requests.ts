import {randomBytes, randomUUID} from 'node:crypto'
import {checkBranch, checkRemote} from '@broadside/git'
import {
  addSite,
  changeSite,
  findSite,
  listPreviews,
  setPreviews,
  setSiteState,
  type Ledger,
  type RequestHandler,
  type SiteState,
} from '@broadside/ledger'
import {BroadsideError, type Clock, type Logger} from '@broadside/runtime'
import {z} from 'zod'

const named = z.object({site: z.string()})
const previewed = named.extend({pattern: z.string().min(1).max(200).nullable()})
const domains = z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'it is no domain'))
const address = z.url({protocol: /^https?$/, error: 'it is no address on the web'})
const added = named.extend({
  remote: z.string(),
  branch: z.string().default('main'),
  url: z.string(),
  audienceUrl: address,
  fromDomains: domains.default([]),
})
const changed = named
  .extend({
    remote: z.string().optional(),
    branch: z.string().optional(),
    url: z.string().optional(),
    audienceUrl: address.optional(),
    fromDomains: domains.optional(),
  })
  .refine((payload) => Object.keys(payload).length > 1, 'nothing is to be changed')

/** What the operator does with sites; `look` has intake follow a site that is added or goes on. */
export function siteRequests(
  {ledger, clock, log}: {ledger: Ledger; clock: Clock; log: Logger},
  look: (site: string) => void,
): Record<string, RequestHandler> {
  const move =
    (state: SiteState): RequestHandler =>
    async (payload) => {
      const {site} = read(named, payload)
      await findSite(ledger.db, site)
      await setSiteState(ledger.db, site, state)
      if (state === 'removed') {
        for (const {name} of await listPreviews(ledger.db, site)) await setSiteState(ledger.db, name, state)
      }
      log.info({event: `site.${state}`, site}, `${site} is ${state}`)
      if (state === 'active') look(site)
      return {site, state}
    }

  return {
    async 'site.add'(payload) {
      const {site, remote, branch, url, audienceUrl, fromDomains} = read(added, payload)
      checkRemote(remote)
      checkBranch(branch)
      const row = {name: site, remote, branch, site_url: withSlash(url), audience_url: withSlash(audienceUrl)}
      await addSite(ledger, {...row, from_domains: listed(fromDomains)}, {id: randomUUID(), now: clock.now()})
      log.info({event: 'site.added', site, url: row.site_url}, `${site} is followed from now on`)
      look(site)
      return {site, state: 'active', url: row.site_url}
    },
    async 'site.set'(payload) {
      const {site, remote, branch, url, audienceUrl, fromDomains} = read(changed, payload)
      if (remote !== undefined) checkRemote(remote)
      if (branch !== undefined) checkBranch(branch)
      const changes = {
        ...(remote !== undefined && {remote}),
        ...(branch !== undefined && {branch}),
        ...(url !== undefined && {site_url: withSlash(url)}),
        ...(audienceUrl !== undefined && {audience_url: withSlash(audienceUrl)}),
        ...(fromDomains !== undefined && {from_domains: listed(fromDomains)}),
      }
      const row = await changeSite(ledger, site, changes)
      log.info({event: 'site.changed', site, changed: Object.keys(changes)}, `${site} is set otherwise from now on`)
      look(site)
      for (const {name} of await listPreviews(ledger.db, site)) look(name)
      return {site, url: row.site_url}
    },
    async 'site.previews'(payload) {
      const {site, pattern} = read(previewed, payload)
      await findSite(ledger.db, site)
      await setPreviews(ledger.db, site, pattern, randomBytes(16).toString('hex'))
      look(site)
      return {site, pattern}
    },
    'site.pause': move('paused'),
    'site.resume': move('active'),
    'site.remove': move('removed'),
  }
}

function listed(fromDomains: string[]): string | null {
  return fromDomains.length === 0 ? null : fromDomains.join(',')
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

function read<Value>(schema: z.ZodType<Value>, payload: unknown): Value {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError(
    'invalid',
    'request.malformed',
    `the request cannot be read: ${z.prettifyError(parsed.error)}`,
  )
}
