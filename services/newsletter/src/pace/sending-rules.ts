import {BroadsideError, siteVariable} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'

/** What the operator allows a site: how fast, when, and what is asked about first. */
export type SendingRules = {
  /** Ms between two mails of the site; 0 for none. */
  siteMs: number
  /** Ms between two mails to one domain, by domain; `*` for all others. */
  domainMs: ReadonlyMap<string, number>
  /** Mails on the first day, and how much more each following day; nothing when the site is known to receivers. */
  warmUp: {first: number; growth: number} | undefined
  /** Minutes of the day, in the zone, in which no edition is sent; `from` may be later than `to`. */
  quiet: {from: number; to: number; zone: string} | undefined
  /** How long an edition waits before it leaves, so that it can be taken back, ms. */
  undoMs: number
  /** An edition to more people than this is held, once per site. */
  askAbove: number
  /** The share of the audience that gets the mail first, in percent, and how long the others wait after that, ms. */
  canary: {percent: number; waitMs: number} | undefined
  /** Everything goes to this address instead. */
  testTo: string | undefined
}

export const noRules: SendingRules = {
  siteMs: 0,
  domainMs: new Map(),
  warmUp: undefined,
  quiet: undefined,
  undoMs: 0,
  askAbove: Infinity,
  canary: undefined,
  testTo: undefined,
}

export type SendingVariables = {
  MAIL_RATE?: number | undefined
  MAIL_DOMAIN_RATES?: string | undefined
  MAIL_WARM_UP?: string | undefined
  MAIL_QUIET_HOURS?: string | undefined
  MAIL_UNDO_MINUTES: number
  MAIL_ASK_ABOVE?: number | undefined
  MAIL_CANARY_PERCENT: number
  MAIL_CANARY_MINUTES: number
  MAIL_TEST_TO?: string | undefined
}

/**
 * Reads what is written as text in the variables of a site.
 * @throws BroadsideError `config.invalid` (invalid), naming the variable; `address.invalid` for the one of tests.
 */
export function readSendingRules(site: string, given: SendingVariables): SendingRules {
  const fail = (variable: keyof SendingVariables, hint: string): never => {
    throw new BroadsideError('invalid', 'config.invalid', `${siteVariable(site, variable)} cannot be read`, {hint})
  }
  const domainMs = new Map<string, number>()
  for (const part of (given.MAIL_DOMAIN_RATES ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [, domain, rate] = /^\s*([a-z0-9.-]+|\*)\s*=\s*(\d+(?:\.\d+)?)\s*$/i.exec(part) ?? []
    if (domain === undefined || Number(rate) === 0)
      fail('MAIL_DOMAIN_RATES', 'Write mail.example=5,*=20: mails a second')
    else domainMs.set(domain.toLowerCase(), 1000 / Number(rate))
  }
  const warm = /^(\d+)\s*x\s*(\d+(?:\.\d+)?)$/.exec(given.MAIL_WARM_UP ?? '200x1.5')
  if (warm === null || Number(warm[2]) < 1 || Number(warm[1]) < 1) {
    fail('MAIL_WARM_UP', 'Write 200x1.5: mails on the first day, and how many times more each day')
  }
  return {
    siteMs: given.MAIL_RATE === undefined ? 0 : 1000 / given.MAIL_RATE,
    domainMs,
    warmUp: given.MAIL_WARM_UP === undefined ? undefined : {first: Number(warm?.[1]), growth: Number(warm?.[2])},
    quiet: given.MAIL_QUIET_HOURS === undefined ? undefined : readQuiet(given.MAIL_QUIET_HOURS, fail),
    undoMs: given.MAIL_UNDO_MINUTES * 60_000,
    askAbove: given.MAIL_ASK_ABOVE ?? Infinity,
    canary:
      given.MAIL_CANARY_PERCENT === 0
        ? undefined
        : {percent: given.MAIL_CANARY_PERCENT, waitMs: given.MAIL_CANARY_MINUTES * 60_000},
    testTo: given.MAIL_TEST_TO === undefined ? undefined : parseAddress(given.MAIL_TEST_TO).address,
  }
}

function readQuiet(text: string, fail: (variable: 'MAIL_QUIET_HOURS', hint: string) => never): SendingRules['quiet'] {
  const hint = 'Write 22:00-07:00 Europe/Lisbon; without a zone the hours are in UTC'
  const [, h1, m1, h2, m2, zone = 'UTC'] = /^(\d\d):(\d\d)-(\d\d):(\d\d)(?: ([\w/+-]+))?$/.exec(text.trim()) ?? []
  const [from, to] = [Number(h1) * 60 + Number(m1), Number(h2) * 60 + Number(m2)]
  if (!(from < 1440 && to < 1440) || from === to) return fail('MAIL_QUIET_HOURS', hint)
  try {
    return {from, to, zone: new Intl.DateTimeFormat('en', {timeZone: zone}).resolvedOptions().timeZone}
  } catch {
    return fail('MAIL_QUIET_HOURS', hint)
  }
}
