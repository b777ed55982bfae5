import {jobs, type JobData, type JobName} from '@broadside/contracts'
import {BroadsideError} from '@broadside/runtime'

/** What lies in Redis: the data of the contract, and the ledger's attempt. */
export type Payload<Name extends JobName = JobName> = {attempt: number; data: JobData<Name>}

/**
 * Wraps a job for Redis, its fields in the order of the schema, so that the id does not hang on the caller's order.
 * @throws BroadsideError `job.invalid` (bug) when the data does not fit its schema.
 */
export function writeJob<Name extends JobName>(name: Name, data: JobData<Name>, attempt: number): Payload<Name> {
  const parsed = jobs[name].schema.safeParse(data)
  if (!parsed.success) throw new BroadsideError('bug', 'job.invalid', `${name}: ${parsed.error.message}`)
  return {attempt, data: parsed.data as JobData<Name>}
}

/** @throws BroadsideError `job.malformed` (invalid): not a job of this name, or one of a version we do not know. */
export function readJob<Name extends JobName>(name: Name, body: unknown): Payload<Name> {
  const payload = body as Partial<Payload> | null | undefined
  const parsed = jobs[name].schema.safeParse(payload?.data)
  if (!parsed.success) throw new BroadsideError('invalid', 'job.malformed', `${name}: ${parsed.error.message}`)
  return {attempt: Number(payload?.attempt ?? 1), data: parsed.data as JobData<Name>}
}

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name)
}

/** The site that a payload names, even where nothing else of it can be read. */
export function siteOf(body: unknown): string | null {
  const site = (body as {data?: {site?: unknown} | null} | null | undefined)?.data?.site
  return typeof site === 'string' ? site : null
}
