import {readSiteConfig} from '@broadside/runtime'
import {z} from 'zod'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const intakeSiteConfig = {
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
}

/**
 * Domains at which the site's authors may be written to; none where the operator has set none.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function authorDomains(site: string, env: Record<string, string | undefined>): string[] {
  return readSiteConfig(intakeSiteConfig, site, env).AUTHOR_DOMAINS ?? []
}

/**
 * The secrets that webhooks of a site may be signed with; none where the operator has set none.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function webhookSecrets(site: string, env: Record<string, string | undefined>): string[] {
  return readSiteConfig(intakeSiteConfig, site, env).WEBHOOK_SECRET ?? []
}
