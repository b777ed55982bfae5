import {createHash} from 'node:crypto'

/** Of a post there is one edition, ever, so its id is a function of site and post. */
export function editionId(site: string, post: string): string {
  return createHash('sha256')
    .update(JSON.stringify([site, post]))
    .digest('hex')
    .slice(0, 16)
}
