import {BroadsideError} from '@broadside/runtime'

/** Where the API of Amazon SES is, read from a URL. */
export type SesTarget = {
  region: string
  endpoint?: string
  configurationSet?: string
  credentials?: {accessKeyId: string; secretAccessKey: string}
}

/**
 * Reads `ses://eu-west-1`, with `?configuration-set=` whose events tell what becomes of mails, and `?endpoint=` for
 * another address of the API. Credentials are those that the AWS SDK finds, or `ses://KEY:SECRET@eu-west-1`. Undefined
 * for a URL of anything else.
 *
 * Throws `smtp.url.invalid` (invalid). Its message never holds the URL, which may hold a secret.
 */
export function sesTarget(url: string): SesTarget | undefined {
  if (!/^ses:/i.test(url)) return undefined
  const parsed = URL.parse(url)
  const region = parsed?.hostname ?? ''
  if (parsed === null || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new BroadsideError(
      'invalid',
      'smtp.url.invalid',
      'The address of Amazon SES cannot be used: it names no region',
      {
        hint: 'Set SMTP_URL to something like ses://eu-west-1?configuration-set=notes',
      },
    )
  }
  const endpoint = parsed.searchParams.get('endpoint')
  const configurationSet = parsed.searchParams.get('configuration-set')
  const accessKeyId = decodeURIComponent(parsed.username)
  const secretAccessKey = decodeURIComponent(parsed.password)
  return {
    region,
    ...(endpoint === null ? {} : {endpoint}),
    ...(configurationSet === null ? {} : {configurationSet}),
    ...(accessKeyId === '' ? {} : {credentials: {accessKeyId, secretAccessKey}}),
  }
}
