import type {MirrorOptions} from '@broadside/git'
import {objectsSiteConfig} from '@broadside/objects'
import {readSiteConfig} from '@broadside/runtime'
import {z} from 'zod'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const intakeSiteConfig = {
  ...objectsSiteConfig,
  WEBHOOK_SECRET: z
    .string()
    .transform((text) => text.split(/\s+/))
    .refine((secrets) => secrets.every(({length}) => length >= 16), 'a secret has at least 16 characters')
    .optional()
    .describe(
      'what webhooks of the site are signed with; while one takes over from another both, with a space between',
    ),
  AUTHOR_DOMAINS: z
    .string()
    .transform((text) => text.split(',').map((domain) => domain.trim().toLowerCase()))
    .optional()
    .describe('domains at which authors may be written to when their push fails, separated by commas; else nobody is'),
  GIT_TOKEN: z
    .string()
    .regex(/^\P{Cc}+$/u, 'a token is one line')
    .optional()
    .describe('the token or password with which an https remote is read'),
  GIT_USER: z
    .string()
    .regex(/^\P{Cc}+$/u, 'a user is one line')
    .default('git')
    .describe('the user that goes with it'),
  GIT_SSH_KEY: z.string().optional().describe('the private key with which an ssh remote is read, without a passphrase'),
  GIT_KNOWN_HOSTS: z
    .string()
    .optional()
    .describe('the lines of known_hosts for it, as ssh-keyscan prints them; else those of whoever runs intake'),
  GIT_MAX_MB: z.coerce.number().positive().default(4_000).describe('how large the repository may be, in megabytes'),
}

type Environment = Record<string, string | undefined>

const {WEBHOOK_SECRET, AUTHOR_DOMAINS, GIT_TOKEN, GIT_USER, GIT_SSH_KEY, GIT_KNOWN_HOSTS, GIT_MAX_MB} = intakeSiteConfig
const accessConfig = {GIT_TOKEN, GIT_USER, GIT_SSH_KEY, GIT_KNOWN_HOSTS, GIT_MAX_MB}

/**
 * The secrets that webhooks of a site may be signed with; none where the operator has set none.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function webhookSecrets(site: string, env: Environment): string[] {
  return readSiteConfig({WEBHOOK_SECRET}, site, env).WEBHOOK_SECRET ?? []
}

/**
 * Domains at which the site's authors may be written to; none where the operator has set none.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function authorDomains(site: string, env: Environment): string[] {
  return readSiteConfig({AUTHOR_DOMAINS}, site, env).AUTHOR_DOMAINS ?? []
}

/** How a site's remote is read. */
export type RemoteAccess = Pick<MirrorOptions, 'login' | 'ssh' | 'maxBytes'>

/** @throws BroadsideError `config.invalid` (invalid). */
export function remoteAccess(site: string, env: Environment): RemoteAccess {
  const set = readSiteConfig(accessConfig, site, env)
  return {
    login: set.GIT_TOKEN === undefined ? undefined : {username: set.GIT_USER, password: set.GIT_TOKEN},
    maxBytes: set.GIT_MAX_MB * 1_000_000,
    ssh: set.GIT_SSH_KEY === undefined ? undefined : {key: set.GIT_SSH_KEY, knownHosts: set.GIT_KNOWN_HOSTS},
  }
}
