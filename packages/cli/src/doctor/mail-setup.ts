import {lastLiveRelease, openSiteView, type Db} from '@broadside/ledger'
import {explain, readConfig, readSiteConfig, siteVariable} from '@broadside/runtime'
import {dkimRecord, readDkimKey} from '@broadside/smtp'
import {z} from 'zod'
import type {Cli} from '../cli.ts'
import type {Finding} from './finding.ts'
import type {MailSetup} from './mail-records.ts'

const text = z.string().optional()
const dkimVariables = {DKIM_KEY: text, DKIM_DOMAIN: text, DKIM_SELECTOR: text}

export type KnownSetup = {setup: MailSetup | undefined; findings: Finding[]}

/**
 * How mails of a site go out, from the variables that newsletter reads too and from what readers see of the site; with
 * what newsletter would refuse.
 */
export async function mailSetup(db: Db, site: string, env: Cli['env']): Promise<KnownSetup> {
  const findings: Finding[] = []
  const {MAIL_FROM, RETURN_PATH, SMTP_URL} = readConfig({MAIL_FROM: text, RETURN_PATH: text, SMTP_URL: text}, env)
  const {SMTP_URL: own} = readSiteConfig({SMTP_URL: text}, site, env)
  const live = await lastLiveRelease(db, site)
  const settings = live === undefined ? undefined : (await openSiteView(db, site, live.revision)).settings
  const fromDomain = domainOf(settings?.newsletter.from ?? MAIL_FROM)
  const dkim = readDkim(site, env, findings)
  if (fromDomain === undefined) {
    const advice = 'Set newsletter.from in broadside.yaml, or MAIL_FROM as newsletter has it'
    findings.push({about: 'sender', state: 'bad', message: `nobody says what mails of ${site} are from`, advice})
    return {setup: undefined, findings}
  }
  return {setup: {fromDomain, returnDomain: domainOf(RETURN_PATH), dkim, smtpHost: serverOf(own ?? SMTP_URL)}, findings}
}

function domainOf(address: string | undefined): string | undefined {
  return /@([^\s<>@]+)>?\s*$/.exec(address ?? '')?.[1]?.toLowerCase()
}

/** The host of a mail server; what is handed over by an API has none. */
function serverOf(url: string | undefined): string | undefined {
  return url !== undefined && /^smtps?:\/\//i.test(url) ? URL.parse(url)?.hostname : undefined
}

function readDkim(site: string, env: Cli['env'], findings: Finding[]): MailSetup['dkim'] {
  const {DKIM_KEY: pem, DKIM_DOMAIN: domain, DKIM_SELECTOR: selector} = readSiteConfig(dkimVariables, site, env)
  if (pem === undefined) return undefined
  const refused = (message: string) => {
    const advice = 'Set all three, as broadside dkim new prints them'
    findings.push({about: 'DKIM key', state: 'bad', message: `newsletter refuses it: ${message}`, advice})
    return undefined
  }
  const missing = Object.entries({DKIM_DOMAIN: domain, DKIM_SELECTOR: selector}).filter(
    ([, value]) => value === undefined,
  )
  if (domain === undefined || selector === undefined)
    return refused(
      `${siteVariable(site, 'DKIM_KEY')} needs ${missing.map(([name]) => siteVariable(site, name)).join()}`,
    )
  try {
    const key = readDkimKey({pem, domain, selector})
    return {domain: key.domain, selector: key.selector, record: dkimRecord(key).text}
  } catch (error) {
    return refused(explain(error))
  }
}
