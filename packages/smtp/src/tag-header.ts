/** Providers that give a mail's tag back with what they tell of it, each by a header of its own. */
const providers = {
  ses: {
    host: /^email-smtp\.[a-z0-9-]+\.amazonaws\.com$/,
    header: (tag: string) => `X-SES-MESSAGE-TAGS: broadside=${tag}`,
  },
  postmark: {
    host: /^smtp(-broadcasts)?\.postmarkapp\.com$/,
    header: (tag: string) => `X-PM-Metadata-broadside: ${tag}`,
  },
  mailgun: {
    host: /^smtp(\.eu)?\.mailgun\.org$/,
    header: (tag: string) => `X-Mailgun-Variables: ${JSON.stringify({broadside: tag})}`,
  },
  sendgrid: {
    host: /^smtp\.(eu\.)?sendgrid\.net$/,
    header: (tag: string) => `X-SMTPAPI: ${JSON.stringify({unique_args: {broadside: tag}})}`,
  },
}

export type MailProvider = keyof typeof providers

/** The provider whose mail server this is; undefined for any other. */
export function providerOf(host: string): MailProvider | undefined {
  return (Object.keys(providers) as MailProvider[]).find((name) => providers[name].host.test(host.toLowerCase()))
}

export function isMailProvider(name: string): name is MailProvider {
  return Object.hasOwn(providers, name)
}

/**
 * The message with the header in front by which the provider gives `tag` (letters and digits) back. It stands before the
 * signature and is not signed: the provider takes it out.
 */
export function withTag(raw: Uint8Array, provider: MailProvider, tag: string): Uint8Array {
  return Buffer.concat([Buffer.from(`${providers[provider].header(tag)}\r\n`, 'latin1'), raw])
}
