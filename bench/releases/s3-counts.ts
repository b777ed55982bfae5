/** Who asks with this header is the bench, which looks whether a page is there. */
export const benchHeader = 'x-bench'

export type S3Counts = {
  /** Puts and posts, parts and batches of removals included. */
  writes: number
  /** Gets, heads and lists. */
  reads: number
  /** Of bodies; without headers. */
  bytesIn: number
  /** With headers. */
  bytesOut: number
}

export function noCounts(): S3Counts {
  return {writes: 0, reads: 0, bytesIn: 0, bytesOut: 0}
}
