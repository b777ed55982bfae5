import type {Objects} from '@broadside/objects'
import {BroadsideError} from '@broadside/runtime'

/** Where a site's binaries lie in the objects: the files of its authors, and what was made of them. */
export function binaryKey(site: string, hash: string): string {
  return `private/${site}/${hash}`
}

/** @throws BroadsideError `release.binary-missing` (invalid). */
export async function readBinary(objects: Objects, site: string, hash: string): Promise<Uint8Array> {
  const found = await objects.get(binaryKey(site, hash))
  if (found !== undefined) return found.body
  throw new BroadsideError('invalid', 'release.binary-missing', `the objects lack the file ${hash} of ${site}`, {
    hint: 'Push the file again, or restore private/ of the objects',
  })
}
