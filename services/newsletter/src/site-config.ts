import {BroadsideError, readSiteConfig, siteVariable} from '@broadside/runtime'
import {createDkimSigner, readDkimKey, type DkimKey, type DkimSigner} from '@broadside/smtp'
import {z} from 'zod'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const newsletterSiteConfig = {
  DKIM_KEY: z
    .string()
    .optional()
    .describe('the private key that mails of the site are signed with, in PEM: `broadside dkim new` makes one'),
  DKIM_DOMAIN: z.string().optional().describe('the domain that answers for mails of the site'),
  DKIM_SELECTOR: z.string().optional().describe('under which name the public half stands in DNS'),
}

/**
 * The key that mails of a site are signed with; undefined where the operator has set none.
 * @throws BroadsideError `config.invalid`, `dkim.key` (invalid).
 */
function dkimKeyOf(site: string, env: Record<string, string | undefined>): DkimKey | undefined {
  const {DKIM_KEY: pem, DKIM_DOMAIN: domain, DKIM_SELECTOR: selector} = readSiteConfig(newsletterSiteConfig, site, env)
  if (pem === undefined) return undefined
  for (const [name, value] of Object.entries({DKIM_DOMAIN: domain, DKIM_SELECTOR: selector})) {
    if (value !== undefined) continue
    const message = `${siteVariable(site, 'DKIM_KEY')} needs ${siteVariable(site, name)}`
    throw new BroadsideError('invalid', 'config.invalid', message, {hint: '.env.example shows each variable'})
  }
  return readDkimKey({pem, domain: domain!, selector: selector!})
}

/**
 * Who signs the mails of a site. A key is read once; a new one counts from the next start, so that an edition that is
 * under way keeps one signature.
 */
export function createSigners(env: Record<string, string | undefined>): (site: string) => DkimSigner | undefined {
  const known = new Map<string, DkimSigner | undefined>()
  return (site) => {
    if (known.has(site)) return known.get(site)
    const key = dkimKeyOf(site, env)
    const signer = key === undefined ? undefined : createDkimSigner(key)
    known.set(site, signer)
    return signer
  }
}
