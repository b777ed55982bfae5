import {randomBytes} from 'node:crypto'
import {sameHeaders, type ObjectHeaders, type Objects} from '@broadside/objects'
import {explain} from '@broadside/runtime'
import type {Finding} from './finding.ts'

const callMs = 10_000

/** What a page that is gone has, which is the most that any output asks for. */
const headers: ObjectHeaders = {
  contentType: 'text/plain; charset=utf-8',
  cacheControl: 'public, max-age=0, must-revalidate',
  status: 410,
}

/**
 * Writes an object among the private ones of a site, where no reader and no release looks, reads it and removes it.
 * A probe that could not be removed is named.
 */
export async function checkObjects(objects: Objects, site: string): Promise<Finding> {
  const about = 'objects'
  const where = objects.describe()
  const key = `private/${site}/doctor-${randomBytes(8).toString('hex')}`
  const body = randomBytes(64)
  const signal = () => ({signal: AbortSignal.timeout(callMs)})
  const advice = `Give Broadside's key the right to read, write, list and remove there`
  let step = 'written'
  try {
    await objects.put(key, body, headers, signal())
    step = 'read'
    const found = await objects.get(key, signal())
    step = 'removed'
    await objects.delete([key], signal())
    const left = await objects.head(key, signal())
    if (found === undefined || !body.equals(found.body)) {
      return {about, state: 'bad', message: `${where} does not give what was written right before`, advice}
    }
    if (!sameHeaders(found.headers, headers)) {
      const message = `${where} does not keep headers: ${JSON.stringify(found.headers)}`
      return {about, state: 'bad', message, advice: 'Readers get wrong types and old pages; use another object store'}
    }
    if (left !== undefined) {
      return {about, state: 'bad', message: `${where} still has what was removed: ${key}`, advice}
    }
  } catch (error) {
    return {about, state: 'bad', message: `${key} cannot be ${step} in ${where}: ${explain(error)}`, advice}
  }
  if (objects.capabilities.conditionalPut)
    return {about, state: 'good', message: `${where} is written, read and emptied`}
  const message = `${where} is written, read and emptied; it takes no conditions`
  const told = 'Two publishers that meet there are put right within 10 s, and not at once'
  return {about, state: 'unsure', message, advice: told}
}
