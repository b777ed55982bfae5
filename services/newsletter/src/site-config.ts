import {BroadsideError, explain, readSiteConfig, siteVariable} from '@broadside/runtime'
import {
  createDkimSigner,
  createSubmitter,
  readDkimKey,
  type DkimKey,
  type DkimSigner,
  type Submitter,
} from '@broadside/smtp'
import {z} from 'zod'
import {readSendingRules, type SendingRules} from './pace/sending-rules.ts'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const newsletterSiteConfig = {
  SMTP_URL: z
    .string()
    .optional()
    .describe('where mails of the site are submitted that has a mail server of its own; as SMTP_URL'),
  DKIM_KEY: z
    .string()
    .optional()
    .describe('the private key that mails of the site are signed with, in PEM: `broadside dkim new` makes one'),
  DKIM_DOMAIN: z.string().optional().describe('the domain that answers for mails of the site'),
  MAIL_RATE: z.coerce.number().positive().optional().describe('mails a second that the site sends at most'),
  MAIL_DOMAIN_RATES: z
    .string()
    .optional()
    .describe('mails a second to one domain of recipients, separated by commas; * for all others'),
  MAIL_WARM_UP: z
    .string()
    .optional()
    .describe('mails on the first day on which the site sends any, and how many times more each following day'),
  MAIL_QUIET_HOURS: z.string().optional().describe('hours in which no edition is sent, with the time zone'),
  MAIL_UNDO_MINUTES: z.coerce
    .number()
    .min(0)
    .max(10_080)
    .default(0)
    .describe('how long an edition waits before it leaves by itself; broadside newsletter cancel takes it back'),
  MAIL_ASK_ABOVE: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('an edition to more people than this is held, until one to so many was approved'),
  MAIL_CANARY_PERCENT: z.coerce
    .number()
    .min(0)
    .max(50)
    .default(0)
    .describe('the share of the audience that gets an edition first, in percent; 0 for none'),
  MAIL_CANARY_MINUTES: z.coerce
    .number()
    .min(0)
    .max(10_080)
    .default(15)
    .describe('how long the others wait after that, for bounces and complaints to come in'),
  MAIL_TEST_TO: z.string().optional().describe('test mode: everything goes to this address, and to nobody else'),
  DKIM_SELECTOR: z.string().optional().describe('under which name the public half stands in DNS'),
}

const {SMTP_URL, ...dkimConfig} = newsletterSiteConfig

/**
 * The key that mails of a site are signed with; undefined where the operator has set none.
 * @throws BroadsideError `config.invalid`, `dkim.key` (invalid).
 */
function dkimKeyOf(site: string, env: Record<string, string | undefined>): DkimKey | undefined {
  const {DKIM_KEY: pem, DKIM_DOMAIN: domain, DKIM_SELECTOR: selector} = readSiteConfig(dkimConfig, site, env)
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

export type Submitters = {
  /** The submitter of a site with a mail server of its own. Throws `config.invalid` (invalid). */
  submitterOf: (site: string) => Submitter | undefined
  /** As that of `Submitter`, of all that were made. */
  close: Submitter['close']
}

/** Submitters of single sites, each made when it is first asked for; what is set counts from the start of the process. */
export function createSubmitters(env: Record<string, string | undefined>, connections?: number): Submitters {
  const known = new Map<string, Submitter | undefined>()
  return {
    submitterOf(site) {
      if (!known.has(site)) known.set(site, submitterFor(site, env, connections))
      return known.get(site)
    },
    async close(options) {
      await Promise.all([...known.values()].flatMap((submitter) => submitter?.close(options) ?? []))
    },
  }
}

function submitterFor(site: string, env: Record<string, string | undefined>, connections = 5): Submitter | undefined {
  const {SMTP_URL: url} = readSiteConfig({SMTP_URL}, site, env)
  if (url === undefined) return undefined
  try {
    return createSubmitter({url, connections})
  } catch (cause) {
    throw new BroadsideError('invalid', 'config.invalid', `${siteVariable(site, 'SMTP_URL')}: ${explain(cause)}`, {
      hint: 'Set it to something like smtp://user:password@mail.example.org:587',
    })
  }
}

/**
 * How mails of each site may be sent. Read once for each site; what is changed counts from the next start.
 * The function that it gives throws BroadsideError `config.invalid`, `address.invalid` (invalid).
 */
export function createRules(env: Record<string, string | undefined>): (site: string) => SendingRules {
  const known = new Map<string, SendingRules>()
  return (site) => {
    const rules = known.get(site) ?? readSendingRules(site, readSiteConfig(newsletterSiteConfig, site, env))
    known.set(site, rules)
    return rules
  }
}
