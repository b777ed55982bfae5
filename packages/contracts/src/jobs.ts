import {z} from 'zod'

const site = z.string()
const number = z.number().int().positive()

/**
 * The catalogue of jobs: imperative, retried, limited, watched. A job carries a key; what is to be done under that
 * key stands in the ledger. Its id is kind, key and the ledger's attempt number, because an `add` whose id still
 * exists is ignored and a job whose worker died twice would otherwise never run again.
 */
export const jobs = {
  /** Plan a release, or carry it from one wave to the next. */
  'release.advance': {queue: 'releases', schema: z.object({site, release: number})},
  /** Build and put one part of a wave. */
  'release.part': {
    queue: 'parts',
    schema: z.object({site, release: number, wave: z.number().int(), part: z.number().int()}),
  },
  /** Submit the next deliveries of an edition. */
  'edition.batch': {queue: 'mail', schema: z.object({site, edition: z.string(), lane: z.number().int()})},
  /** Submit one confirmation or other mail that a person waits for. */
  'letter.submit': {queue: 'letters', schema: z.object({site, letter: z.string()})},
} as const

export type JobName = keyof typeof jobs
export type JobData<Name extends JobName> = z.infer<(typeof jobs)[Name]['schema']>
export type QueueName = (typeof jobs)[JobName]['queue']

/** BullMQ ids may not hold `:` nor be all digits. A repeat with the same attempt is the same job. */
export function jobIdOf<Name extends JobName>(name: Name, data: JobData<Name>, attempt: number): string {
  const key = Object.values(data).join('~').replaceAll(':', '_')
  return `${name}~${key}~a${attempt}`
}
