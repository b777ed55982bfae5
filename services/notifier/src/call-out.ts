import {lookup as resolve, type LookupAddress} from 'node:dns'
import {Agent as HttpAgent, request as httpRequest, type IncomingMessage} from 'node:http'
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https'
import {isIP, type LookupFunction} from 'node:net'
import {isPublicAddress} from './public-address.ts'

export type Call = {
  url: string
  headers: Record<string, string>
  body: string
  /** Whether the host may be in a private network: for addresses that the operator gave. */
  mayBePrivate: boolean
  /** What the answer means to whoever made the call, where that is not plain. */
  read?: (answer: Answer) => Answer
}

/** What came back; `refused` was not sent and never will be, `unreachable` may work later. */
export type Answer =
  | {status: number; retryAfter: string | undefined; text: string}
  | {refused: string}
  | {unreachable: string}

const maxBodyBytes = 4_096
const agents = {'http:': new HttpAgent({keepAlive: false}), 'https:': new HttpsAgent({keepAlive: false})}

/**
 * One POST, over before `timeoutMs`, whatever the other side does. Redirects are not followed. Of the answer the first
 * 4 KiB are read. The address is looked up once and checked right where the connection is made, so that a name which
 * answers differently the next time leads nowhere else.
 */
export async function callOut(call: Call, {timeoutMs}: {timeoutMs: number}): Promise<Answer> {
  const url = URL.parse(call.url)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return {refused: 'its address is not one of http or https'}
  }
  if (url.username !== '' || url.password !== '') return {refused: 'its address holds a user or a password'}
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0 && !call.mayBePrivate && !isPublicAddress(host)) return {refused: privateHost(host)}
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await post(url, call, signal)
  } catch (error) {
    if (error instanceof PrivateHost) return {refused: error.message}
    if (signal.aborted) return {unreachable: `no answer within ${timeoutMs} ms`}
    return {unreachable: (error as NodeJS.ErrnoException).code ?? (error as Error).message}
  }
}

class PrivateHost extends Error {}

const privateHost = (host: string): string => `${host} is in a private network`

function post(url: URL, {headers, body, mayBePrivate}: Call, signal: AbortSignal): Promise<Answer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((done, fail) => {
    const request = send(
      url,
      {
        method: 'POST',
        agent: agents[url.protocol as 'http:'],
        headers: {...headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Broadside'},
        lookup: mayBePrivate ? resolve : publicLookup,
        signal,
      },
      (response) => void readAnswer(response).then(done, fail),
    )
    request.on('error', fail)
    request.end(body)
  })
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= maxBodyBytes) break
  }
  response.destroy()
  const text = Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8')
  return {status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text}
}

/** As `dns.lookup`, for names of which every address is public. */
const publicLookup: LookupFunction = (host, options, callback) => {
  resolve(host, {...options, all: true}, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? []
    if (error !== null) return callback(error, '', 0)
    if (first === undefined || addresses.some(({address}) => !isPublicAddress(address))) {
      return callback(new PrivateHost(privateHost(host)), '', 0)
    }
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
