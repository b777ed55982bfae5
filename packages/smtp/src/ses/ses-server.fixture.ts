import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

/** How the next call is answered: as the API does when it refuses, or not at all. */
export type SesFault = {status: number; type: string; message: string} | 'drop'

export type SesMail = {
  from: string
  to: string
  raw: Buffer
  tag: string | undefined
  configurationSet: string | undefined
}

type SendEmail = {
  Content: {Raw: {Data: string}}
  Destination: {ToAddresses: string[]}
  FeedbackForwardingEmailAddress: string
  EmailTags?: {Name: string; Value: string}[]
  ConfigurationSetName?: string
}

export type SesServer = {
  url: string
  messages: SesMail[]
  /** Most calls that were open at once. */
  readonly most: number
  fault: (fault: SesFault) => void
  close: () => Promise<void>
}

/** Speaks what is documented of `POST /v2/email/outbound-emails` and `GET /v2/email/account`, on a free port. */
export async function startSesServer(): Promise<SesServer> {
  const messages: SesMail[] = []
  const faults: SesFault[] = []
  let open = 0
  let most = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    most = Math.max(most, (open += 1))
    const body = await text(request)
    open -= 1
    const fault = faults.shift()
    const say = (status: number, what: object, headers: Record<string, string> = {}) =>
      response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(what))
    if (request.url === '/v2/email/account') {
      if (fault === undefined || fault === 'drop') return void say(200, {SendingEnabled: true})
      return void say(fault.status, {message: fault.message}, {'x-amzn-errortype': fault.type})
    }
    if (fault !== undefined && fault !== 'drop') {
      return void say(fault.status, {message: fault.message}, {'x-amzn-errortype': fault.type})
    }
    const sent = JSON.parse(body) as SendEmail
    messages.push({
      from: sent.FeedbackForwardingEmailAddress,
      to: sent.Destination.ToAddresses.join(),
      raw: Buffer.from(sent.Content.Raw.Data, 'base64'),
      tag: sent.EmailTags?.find(({Name}) => Name === 'broadside')?.Value,
      configurationSet: sent.ConfigurationSetName,
    })
    if (fault === 'drop') request.socket.destroy()
    else say(200, {MessageId: `0100-${messages.length}`})
  }

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  return {
    url: `ses://KEY:SECRET@eu-west-1?configuration-set=notes&endpoint=${encodeURIComponent(`http://127.0.0.1:${port}`)}`,
    messages,
    get most() {
      return most
    },
    fault: (fault) => void faults.push(fault),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
