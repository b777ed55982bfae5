import type {S3Client} from '@aws-sdk/client-s3'

/** The way to the objects of a bucket, as the SDK has found it from address, region and style. */
export type S3Route = {
  protocol: string
  hostname: string
  port: number | undefined
  /** What stands before a key in the path of a request, the prefix of the place included. */
  pathBefore: string
  region: string
  service: string
}

type SentRequest = {
  method: string
  protocol: string
  hostname: string
  port?: number
  path: string
  headers: Record<string, string>
}

/**
 * Looks over the SDK's shoulder, until it is asked for the way that the last put of a key that starts like this has gone.
 * Undefined where there was none, or where its signature is of another kind than that of one region.
 */
export function learnRoute(client: S3Client, keyStart: string): () => S3Route | undefined {
  const name = 'broadside.learn-route'
  let last: SentRequest | undefined
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as SentRequest
      if (request.method === 'PUT' && request.path.includes(`/${keyStart}`)) last = request
      return next(args)
    },
    // The last step before the wire, behind the one that signs.
    {step: 'deserialize', priority: 'low', name},
  )
  return () => {
    client.middlewareStack.remove(name)
    const authorization = last?.headers['authorization'] ?? ''
    const scope = /^AWS4-HMAC-SHA256 Credential=[^,]*\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request,/.exec(authorization)
    if (last === undefined || scope === null) return undefined
    const {protocol, hostname, port, path} = last
    const pathBefore = path.slice(0, path.lastIndexOf(`/${keyStart}`) + 1)
    return {protocol, hostname, port, pathBefore, region: scope[1]!, service: scope[2]!}
  }
}
