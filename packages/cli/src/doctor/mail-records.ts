import type {Finding} from './finding.ts'

/** The questions to DNS that the doctor has; `node:dns/promises` answers them, or a test. */
export type Resolver = {
  resolveTxt: (name: string) => Promise<string[][]>
  reverse: (address: string) => Promise<string[]>
  lookup: (name: string, options: {all: true}) => Promise<{address: string}[]>
}

export type MailSetup = {
  /** What mails are from. */
  fromDomain: string
  /** Where mails come back to, when that is elsewhere: receivers compare it with SPF. */
  returnDomain: string | undefined
  dkim: {domain: string; selector: string; record: string} | undefined
  /** Where mails are handed over, when it is a server of one's own that sends them on. */
  smtpHost: string | undefined
}

/** Compares what receivers of mail look up with what they should find: RFC 7208, 6376, 7489, 8601. */
export async function checkMailRecords(setup: MailSetup, resolver: Resolver): Promise<Finding[]> {
  const {fromDomain, returnDomain, dkim, smtpHost} = setup
  return [
    await checkSpf(returnDomain ?? fromDomain, resolver),
    await checkDkim(fromDomain, dkim, resolver),
    await checkDmarc(fromDomain, resolver),
    ...(smtpHost === undefined ? [] : [await checkReverse(smtpHost, resolver)]),
  ]
}

async function checkSpf(domain: string, resolver: Resolver): Promise<Finding> {
  const about = `SPF of ${domain}`
  const texts = await textsAt(domain, resolver)
  if (texts === undefined) return unanswered(about)
  const records = texts.filter((text) => /^v=spf1(\s|$)/i.test(text))
  const [record] = records
  const advice = `Publish one TXT record at ${domain}: v=spf1 include:<your provider> ~all`
  if (record === undefined) return {about, state: 'bad', message: 'there is none', advice}
  if (records.length > 1) {
    return {about, state: 'bad', message: `there are ${records.length}, and so none counts`, advice}
  }
  if (/\s\+?all\b/i.test(record)) return {about, state: 'bad', message: 'it lets anybody send', advice}
  return {about, state: 'good', message: record}
}

async function checkDkim(from: string, dkim: MailSetup['dkim'], resolver: Resolver): Promise<Finding> {
  if (dkim === undefined) {
    const message = 'no key is set for the site; a provider may sign in its place'
    return {about: 'DKIM', state: 'unsure', message, advice: `broadside dkim new ${from} makes one`}
  }
  const name = `${dkim.selector}._domainkey.${dkim.domain}`
  const about = `DKIM at ${name}`
  const texts = await textsAt(name, resolver)
  if (texts === undefined) return unanswered(about)
  const advice = `Publish this TXT record at ${name}: ${dkim.record}`
  const keyOf = (record: string) => /(?:^|;)\s*p=([^;]*)/i.exec(record)?.[1]?.replace(/\s+/g, '')
  const [record] = texts.filter((text) => keyOf(text) !== undefined)
  if (record === undefined) return {about, state: 'bad', message: 'there is none, so signatures do not verify', advice}
  if (keyOf(record) !== keyOf(dkim.record)) {
    return {about, state: 'bad', message: 'it is of another key than the one that signs', advice}
  }
  if (!isWithin(from, dkim.domain) && !isWithin(dkim.domain, from)) {
    const hint = `Sign for ${from}, so that DMARC counts the signature`
    return {about, state: 'bad', message: `it answers for ${dkim.domain}, and mails are from ${from}`, advice: hint}
  }
  return {about, state: 'good', message: 'it is of the key that signs'}
}

async function checkDmarc(domain: string, resolver: Resolver): Promise<Finding> {
  // RFC 7489 6.6.3 asks at the domain, then at the one that an organisation registered; one step up does for most.
  const parent = domain.split('.').slice(1).join('.')
  const names = [`_dmarc.${domain}`, ...(parent.includes('.') ? [`_dmarc.${parent}`] : [])]
  const about = `DMARC of ${domain}`
  for (const name of names) {
    const texts = await textsAt(name, resolver)
    if (texts === undefined) return unanswered(about)
    const record = texts.find((text) => /^v=DMARC1\s*(;|$)/i.test(text))
    if (record === undefined) continue
    const policy = /;\s*p=(\w+)/i.exec(record)?.[1]
    if (policy === undefined) return {about, state: 'bad', message: 'it has no policy', advice: 'Add p=none to it'}
    return {about, state: 'good', message: `p=${policy}, at ${name}`}
  }
  const advice = `Publish a TXT record at _dmarc.${domain}: v=DMARC1; p=none; rua=mailto:you@${domain}`
  return {about, state: 'bad', message: 'there is none; large providers ask bulk senders for it', advice}
}

async function checkReverse(host: string, resolver: Resolver): Promise<Finding> {
  const about = `PTR of ${host}`
  try {
    const [first] = await resolver.lookup(host, {all: true})
    if (first === undefined) return unanswered(about)
    const names = await resolver.reverse(first.address)
    for (const name of names) {
      const back = await resolver.lookup(name, {all: true}).catch(() => [])
      if (back.some(({address}) => address === first.address)) return {about, state: 'good', message: name}
    }
    const message = `${first.address} has no name that leads back to it`
    const advice = 'Where this server sends to receivers itself, ask whoever gave you the address for one'
    return {about, state: 'unsure', message, advice}
  } catch {
    return unanswered(about)
  }
}

/** TXT records with their strings joined; none where there are none, undefined where DNS does not answer. */
async function textsAt(name: string, resolver: Resolver): Promise<string[] | undefined> {
  try {
    return (await resolver.resolveTxt(name)).map((strings) => strings.join(''))
  } catch (error) {
    const {code} = error as {code?: string}
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : undefined
  }
}

function unanswered(about: string): Finding {
  return {about, state: 'unknown', message: 'DNS does not answer now'}
}

function isWithin(domain: string, other: string): boolean {
  return domain === other || domain.endsWith(`.${other}`)
}
