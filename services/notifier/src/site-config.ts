import {statusApis, statusForgeKinds, type StatusForge} from '@broadside/forge'
import type {SitesTable} from '@broadside/ledger'
import {BroadsideError, readSiteConfig, siteVariable} from '@broadside/runtime'
import {z} from 'zod'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const notifierSiteConfig = {
  FORGE: z
    .enum(statusForgeKinds)
    .optional()
    .describe('where commits of the site get a status: github, gitlab, gitea, forgejo or bitbucket'),
  FORGE_API: z.url().optional().describe('base of its API; needed for gitea and forgejo, and where you run your own'),
  FORGE_REPOSITORY: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)+$/, 'it has the form owner/name')
    .optional()
    .describe('the repository there, owner/name; else as in the remote of the site'),
  FORGE_TOKEN: z.string().optional().describe('a token of the forge that may set commit statuses and nothing else'),
}

/**
 * Where the commits of a site get their status; undefined where the operator has set nothing.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function forgeOf(
  {name: site, remote}: Pick<SitesTable, 'name' | 'remote'>,
  env: Record<string, string | undefined>,
): StatusForge | undefined {
  const {
    FORGE: kind,
    FORGE_API: given,
    FORGE_REPOSITORY: repository = repositoryOf(remote),
    FORGE_TOKEN: token,
  } = readSiteConfig(notifierSiteConfig, site, env)
  if (kind === undefined) return undefined
  const api = given ?? statusApis[kind]
  if (api === undefined) throw missing(site, 'FORGE_API', `${kind} runs wherever somebody runs it`)
  if (token === undefined) throw missing(site, 'FORGE_TOKEN', `${kind} takes a status from those it knows alone`)
  if (repository === undefined) throw missing(site, 'FORGE_REPOSITORY', 'the remote does not tell the repository')
  return {kind, api: api.replace(/\/+$/, ''), repository, token}
}

/** `owner/name` of `https://host/owner/name.git` and `git@host:owner/name`; none of a path on this machine. */
function repositoryOf(remote: string): string | undefined {
  const path = /^(?:https?|ssh):\/\//.test(remote)
    ? URL.parse(remote)?.pathname
    : /^[^/:]+@[^/:]+:(.*)$/.exec(remote)?.[1]
  const name = path?.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')
  return name !== undefined && /^[\w.-]+(\/[\w.-]+)+$/.test(name) ? name : undefined
}

function missing(site: string, name: string, why: string): BroadsideError {
  const message = `${siteVariable(site, 'FORGE')} needs ${siteVariable(site, name)}: ${why}`
  return new BroadsideError('invalid', 'config.invalid', message, {hint: '.env.example shows each variable'})
}
