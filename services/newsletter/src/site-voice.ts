import type {SiteSettings} from '@broadside/content'
import {isWithin, type SitesTable} from '@broadside/ledger'
import type {Mailbox, MailSite} from '@broadside/mail'
import {BroadsideError, kindOf} from '@broadside/runtime'
import {createUrls} from '@broadside/site'
import {parseAddress} from '@broadside/subscribers'
import type {Senders} from './senders-of.ts'

/** Pages of audience that a token opens. */
type LinkPage = 'confirm' | 'unsubscribe' | 'preferences' | 'c' | 'o'

/** How a site presents itself in mails. */
export type SiteVoice = {
  site: MailSite
  from: Mailbox
  replyTo?: string
  listId: string
  /** What Message-IDs end with. */
  domain: string
  /** Where a link with a token leads. */
  link: (page: LinkPage, token: string) => string
}

/**
 * An author chooses the sender among the domains that the operator allows.
 * @throws BroadsideError `address.invalid`, `newsletter.from` (invalid).
 */
export function siteVoice(
  row: SitesTable,
  settings: SiteSettings,
  {mailFrom, fromDomains, othersDomains}: Senders,
): SiteVoice {
  const {newsletter} = settings
  const {name, address} = parseMailbox(newsletter.from ?? mailFrom)
  const {domain} = parseAddress(address)
  const isAllowed = fromDomains === undefined || fromDomains.includes(domain)
  const isOthers = othersDomains.some((other) => isWithin(domain, other))
  if (newsletter.from !== undefined && (!isAllowed || isOthers)) {
    throw new BroadsideError('invalid', 'newsletter.from', `${row.name} may not write from ${domain}`, {
      hint: isOthers
        ? 'The domain belongs to another site of this installation; choose another sender in broadside.yaml'
        : `Choose a sender at ${fromDomains?.join(' or ')} in broadside.yaml, or add the domain to MAIL_FROM_DOMAINS`,
    })
  }
  return {
    site: {
      name: row.name,
      title: newsletter.name ?? settings.title,
      homeUrl: createUrls(row.site_url).absolute('/'),
      language: settings.language,
      ...(newsletter.postalAddress === undefined ? {} : {postalAddress: newsletter.postalAddress}),
    },
    from: {name: name ?? newsletter.name ?? settings.title, address},
    ...(newsletter.replyTo === undefined ? {} : {replyTo: parseMailbox(newsletter.replyTo).address}),
    listId: `${row.name}.${listHost(row.site_url)}`,
    domain,
    link: (page, token) => linkTo(row.audience_url, page, token),
  }
}

/**
 * The voice of a letter, which somebody waits for: where what the author chose cannot be used, the operator's sender
 * does. Editions are held instead, for people to put it right.
 */
export function letterVoice(
  row: SitesTable,
  settings: SiteSettings,
  options: Parameters<typeof siteVoice>[2],
): SiteVoice {
  try {
    return siteVoice(row, settings, options)
  } catch (error) {
    if (kindOf(error) !== 'invalid') throw error
    const {from: _from, replyTo: _replyTo, ...newsletter} = settings.newsletter
    return siteVoice(row, {...settings, newsletter}, options)
  }
}

/**
 * Reads `Name <address>` or a bare address.
 * @throws BroadsideError `address.invalid` (invalid).
 */
export function parseMailbox(text: string): {name?: string; address: string} {
  const [, name = '', bracketed] = /^\s*(.*?)\s*<([^<>]*)>\s*$/s.exec(text) ?? []
  const address = parseAddress((bracketed ?? text).trim()).address
  const plain = name.replace(/^"(.*)"$/s, '$1')
  return plain === '' ? {address} : {name: plain, address}
}

/** RFC 2919 wants a name, which the address of a host in brackets is not. */
function listHost(siteUrl: string): string {
  const {hostname} = new URL(siteUrl)
  return /^[a-z0-9.-]+$/.test(hostname) ? hostname : 'localhost'
}

/** Where a link with a token leads, below the site's `audience_url`. */
export function linkTo(audienceUrl: string, page: LinkPage, token: string): string {
  return new URL(`${page}/${token}`, audienceUrl.endsWith('/') ? audienceUrl : `${audienceUrl}/`).href
}
