import type {SESv2Client} from '@aws-sdk/client-sesv2'
import {BroadsideError} from '@broadside/runtime'
import {cleanReply} from '../clean-reply.ts'
import type {Outcome, Submission, Submitter, SubmitterOptions} from '../outcome.ts'
import {closedOutcome, submitInTurn} from '../submit-in-turn.ts'
import {judgeSesError, type SesError} from './judge-ses-error.ts'
import type {SesTarget} from './ses-target.ts'

/**
 * Submits messages as they are by the API of Amazon SES (v2, raw), one call each and as many at once as `connections`.
 * The SDK tries nothing again: that is for the ledger to decide. It is loaded with the first message.
 */
export function createSesSubmitter(target: SesTarget, options: SubmitterOptions): Submitter {
  const connections = options.connections ?? 5
  const givenUp = new AbortController()
  let client: Promise<SESv2Client> | undefined

  async function send({from, to, raw, tag}: Submission): Promise<Outcome> {
    if (givenUp.signal.aborted) return closedOutcome
    const {SendEmailCommand} = await import('@aws-sdk/client-sesv2')
    const command = new SendEmailCommand({
      Content: {Raw: {Data: raw}},
      Destination: {ToAddresses: [to]},
      FeedbackForwardingEmailAddress: from,
      ...(tag === undefined ? {} : {EmailTags: [{Name: 'broadside', Value: tag}]}),
      ...(target.configurationSet === undefined ? {} : {ConfigurationSetName: target.configurationSet}),
    })
    try {
      const {MessageId = ''} = await (await openClient()).send(command, {abortSignal: givenUp.signal})
      return {state: 'accepted', reply: cleanReply(`taken by Amazon SES as ${MessageId}`)}
    } catch (error) {
      return judgeSesError(error as SesError)
    }
  }

  function openClient(): Promise<SESv2Client> {
    client ??= import('@aws-sdk/client-sesv2').then(({SESv2Client: Client}) => {
      const {region, endpoint, credentials} = target
      return new Client({
        region,
        maxAttempts: 1,
        requestHandler: {
          connectionTimeout: options.timeouts?.connectMs ?? 10_000,
          requestTimeout: options.timeouts?.dotMs ?? 60_000,
          throwOnRequestTimeout: true,
          // A kept connection is given up before the other side does so: one that breaks leaves a mail in doubt.
          httpsAgent: {maxSockets: connections, keepAlive: true, timeout: options.timeouts?.idleMs ?? 5_000},
        },
        ...(endpoint === undefined ? {} : {endpoint}),
        ...(credentials === undefined ? {} : {credentials}),
      })
    })
    return client
  }

  async function verify(): Promise<void> {
    const {GetAccountCommand} = await import('@aws-sdk/client-sesv2')
    try {
      await (await openClient()).send(new GetAccountCommand({}))
    } catch (cause) {
      const why = cleanReply((cause as Error).message)
      const status = (cause as SesError).$metadata?.httpStatusCode ?? 0
      if (status >= 400 && status < 500 && status !== 429) {
        throw new BroadsideError('invalid', 'smtp.refused', `Amazon SES does not take the key: ${why}`, {
          hint: 'The key needs ses:SendEmail, ses:SendRawEmail and ses:GetAccount in this region',
        })
      }
      throw new BroadsideError('transient', 'smtp.unreachable', `Amazon SES cannot be used for mail now: ${why}`, {
        hint: 'Check the region in SMTP_URL, and the way out of this machine',
      })
    }
  }

  const inTurn = submitInTurn({
    connections,
    send,
    giveUp: () => givenUp.abort(),
    async end() {
      if (client !== undefined) (await client).destroy()
    },
  })
  return {...inTurn, verify}
}
