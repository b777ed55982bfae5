import {openFileObjects} from './file-objects.ts'
import type {Objects} from './objects.ts'
import {parseObjectsUrl} from './objects-url.ts'
import type {S3Options} from './s3-client.ts'

export type OpenObjectsOptions = S3Options

/**
 * Opens the objects at an address, which `parseObjectsUrl` describes, and makes sure that they can be written: a
 * folder is made when missing, a bucket must exist. Throws `objects.url` (invalid) and what the adapters throw.
 */
export async function openObjects(url: string, options: OpenObjectsOptions = {}): Promise<Objects> {
  const place = parseObjectsUrl(url)
  if (place.kind === 'file') return openFileObjects(place.folder)
  // The client of S3 is large, and half of the installations never need it.
  const {openS3Objects} = await import('./s3-objects.ts')
  return openS3Objects(place, options)
}
