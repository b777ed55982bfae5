import {createHash} from 'node:crypto'
import {z} from 'zod'
import {BroadsideError} from '@broadside/runtime'

const site = z.string().regex(/^[a-z0-9-]{1,40}$/)
const number = z.number().int().positive()
const hash = z.string().regex(/^[0-9a-f]{40,64}$/)

const post = z.object({
  site,
  revision: number,
  /** The permanent id of the post. */
  post: z.string(),
  title: z.string(),
  /** Below the site's base path: `/posts/when-nats/`. */
  address: z.string(),
  /** SHA-256 of the source; absent on `post.removed`. */
  source: hash.optional(),
})

/**
 * The catalogue of events: facts, in the past tense, never changed afterwards. `key` is what makes two occurrences
 * the same fact; the CloudEvents id and the `Nats-Msg-Id` are derived from it. Fields added later are optional, since
 * messages in flight lack them.
 */
export const events = {
  'post.published': {schema: post, key: (data: z.infer<typeof post>) => [data.revision, data.post]},
  'post.updated': {schema: post, key: (data: z.infer<typeof post>) => [data.revision, data.post]},
  'post.removed': {schema: post, key: (data: z.infer<typeof post>) => [data.revision, data.post]},
  'revision.accepted': {
    schema: z.object({
      site,
      revision: number,
      commit: hash,
      cause: z.enum(['push', 'clock', 'settings', 'upgrade', 'rollback', 'repair']),
      posts: z.object({published: z.number(), updated: z.number(), removed: z.number(), broken: z.number()}),
      /** Repository paths of pages and assets that changed; cut after 200 or 24,000 bytes of each. */
      pages: z.array(z.string()),
      assets: z.array(z.string()),
      settings: z.boolean(),
      theme: z.boolean(),
      redirects: z.boolean(),
    }),
    key: (data: {revision: number}) => [data.revision],
  },
  'revision.rendered': {
    schema: z.object({site, revision: number}),
    key: (data: {revision: number}) => [data.revision],
  },
  'release.live': {
    schema: z.object({
      site,
      release: number,
      revision: number,
      commit: hash,
      proof: z.enum(['public', 'objects', 'unproven']),
    }),
    key: (data: {release: number}) => [data.release],
  },
  'edition.completed': {
    schema: z.object({site, edition: z.string(), post: z.string(), counts: z.record(z.string(), z.number())}),
    key: (data: {edition: string}) => [data.edition],
  },
} as const

export type EventType = keyof typeof events
export type EventData<Type extends EventType> = z.infer<(typeof events)[Type]['schema']>

/** CloudEvents 1.0, structured JSON. */
export type Envelope<Type extends EventType = EventType> = {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject: string
  time: string
  datacontenttype: 'application/json'
  data: EventData<Type>
}

/** Bytes; a larger event is a bug, since events carry names and bytes have their own homes. */
export const maxEventBytes = 64 * 1024

/** `broadside.v1.<site>.post.published` */
export function subjectOf(siteName: string, type: EventType): string {
  return `broadside.v1.${siteName}.${type}`
}

/** The site that a subject of ours names, even where its message cannot be read. */
export function siteOfSubject(subject: string): string | undefined {
  return /^broadside\.v1\.([a-z0-9-]{1,40})\./.exec(subject)?.[1]
}

/**
 * Wraps a fact. The same fact gives the same id whoever states it and however often; `at` (ms) is when it became one.
 * @throws BroadsideError `event.invalid` (bug) when the data does not fit its schema or is too large.
 */
export function createEvent<Type extends EventType>(type: Type, data: EventData<Type>, at: number): Envelope<Type> {
  const {schema, key} = events[type]
  const parsed = schema.safeParse(data)
  if (!parsed.success) throw new BroadsideError('bug', 'event.invalid', `${type}: ${parsed.error.message}`)
  const identity = [type, data.site, ...(key as (data: EventData<Type>) => (string | number)[])(data)]
  const envelope: Envelope<Type> = {
    specversion: '1.0',
    id: createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32),
    source: `/sites/${data.site}`,
    type: `broadside.v1.${type}`,
    subject: subjectOf(data.site, type),
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data,
  }
  const size = Buffer.byteLength(JSON.stringify(envelope))
  if (size > maxEventBytes) throw new BroadsideError('bug', 'event.too-large', `${type} has ${size} bytes`)
  return envelope
}

/**
 * Reads an event from the wire; unknown fields are kept away from the caller.
 * @throws BroadsideError `event.malformed` (invalid): not an event, or one of a version we do not know.
 */
export function parseEvent(body: string): Envelope & {name: EventType} {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new BroadsideError('invalid', 'event.malformed', 'the message is not JSON', {cause})
  }
  const envelope = value as Partial<Envelope>
  const name = String(envelope?.type ?? '').replace(/^broadside\.v1\./, '') as EventType
  const contract = Object.hasOwn(events, name) ? events[name] : undefined
  if (contract === undefined) {
    throw new BroadsideError('invalid', 'event.malformed', `unknown event type ${String(envelope?.type)}`)
  }
  const parsed = contract.schema.safeParse(envelope.data)
  if (!parsed.success) throw new BroadsideError('invalid', 'event.malformed', `${name}: ${parsed.error.message}`)
  return {...(envelope as Envelope), data: parsed.data, name}
}
