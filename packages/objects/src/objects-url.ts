import {fileURLToPath} from 'node:url'
import {BroadsideError} from '@broadside/runtime'

export type S3Place = {
  bucket: string
  /** Empty, or ends in a slash. */
  prefix: string
  endpoint: string | undefined
  region: string | undefined
  pathStyle: boolean
  /** `required`: checksums are sent only where S3 demands them, for gateways that stumble over the rest. */
  checksums: 'supported' | 'required'
}

export type ObjectsPlace = {kind: 'file'; folder: string} | ({kind: 's3'} & S3Place)

const example = 'file:///var/lib/broadside/site or s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1'

/**
 * Reads an address of objects: `file:///absolute/folder`, or `s3://bucket/prefix` with `endpoint`, `region`,
 * `pathStyle=true|false` (true by default where there is an endpoint) and `checksums=supported|required`.
 * Throws `objects.url` (invalid), without repeating the address, which may hold a secret by mistake.
 */
export function parseObjectsUrl(text: string): ObjectsPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'file:') {
    if (url.host !== '' || url.search !== '') throw urlError('has a host or options, which a folder has not')
    return {kind: 'file', folder: fileURLToPath(url)}
  }
  if (url?.protocol !== 's3:') throw urlError('is neither file:// nor s3://')
  if (url.username !== '' || url.password !== '') {
    throw urlError('holds credentials; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  }
  if (url.hostname === '') throw urlError('names no bucket')
  return {kind: 's3', bucket: url.hostname, prefix: prefixOf(url.pathname), ...readOptions(url.searchParams)}
}

function readOptions(options: URLSearchParams): Omit<S3Place, 'bucket' | 'prefix'> {
  const known = ['endpoint', 'region', 'pathStyle', 'checksums']
  const unknown = [...options.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) throw urlError(`has the option ${unknown}; known are ${known.join(', ')}`)
  const endpoint = options.get('endpoint') ?? undefined
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
    throw urlError('has an endpoint that is no http or https address')
  }
  const choose = <T extends string>(name: string, values: readonly T[], otherwise: T): T => {
    const value = options.get(name) ?? otherwise
    const chosen = values.find((one) => one === value)
    if (chosen === undefined) throw urlError(`has a ${name} that is not ${values.join(' or ')}`)
    return chosen
  }
  return {
    endpoint,
    region: options.get('region') ?? undefined,
    pathStyle: choose('pathStyle', ['true', 'false'], endpoint === undefined ? 'false' : 'true') === 'true',
    checksums: choose('checksums', ['supported', 'required'], 'supported'),
  }
}

function prefixOf(pathname: string): string {
  const path = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '')
  return path === '' ? '' : `${path}/`
}

function urlError(fault: string): BroadsideError {
  return new BroadsideError('invalid', 'objects.url', `The address of the objects ${fault}`, {
    hint: `Set OBJECTS_URL to an address like ${example}.`,
  })
}
