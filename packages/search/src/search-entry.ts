import type {SearchFile} from './segment-builder.ts'

/** Raised with whatever makes other bytes of the same posts: an index of another version is made anew. */
export const indexVersion = 1

/** The one file of an index whose name stays: it names the others. */
export const entryName = 'index.json'

/**
 * One part of an index. `terms` are the names of its files of words, a word in the one that `bucketOf` says; `files`
 * those that describe its posts, `perFile` in each.
 */
export type SearchSegment = {posts: number; perFile: number; terms: string[]; files: string[]}

/** The entry of an index of these segments, in the order in which they are searched. */
export function searchEntry(segments: SearchSegment[]): SearchFile {
  return {name: entryName, body: `${JSON.stringify({version: indexVersion, segments})}\n`}
}
