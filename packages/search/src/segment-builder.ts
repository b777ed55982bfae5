import {createHash} from 'node:crypto'
import {bucketOf} from '../browser/terms.js'
import {createPostings, type Postings} from './postings.ts'
import type {SearchSegment} from './search-entry.ts'
import type {SearchText} from './search-text.ts'

/** A file of an index, JSON; its name is the start of its hash, save for that of the entry. */
export type SearchFile = {name: string; body: string}

export type SegmentBuilder = {
  /** Adds a post; equally good answers are shown in the order in which they were added. */
  add(post: SearchText): void
  /** The files, one at a time since each takes some milliseconds, and at the end what names them. Once, after all posts. */
  files(): Generator<SearchFile, SearchSegment>
}

const postsPerFile = 50
/** So many posts make one more file of words, which then stays at some tens of kilobytes. */
const postsPerBucket = 30
const mostBuckets = 32

/**
 * The index of some posts, which keeps of each only what the index says of it. The same posts in the same order give the
 * same bytes, and the names of the files follow from them.
 */
export function createSegmentBuilder(): SegmentBuilder {
  const terms = new Map<string, Postings>()
  const shown: SearchText['shown'][] = []

  function* files(): Generator<SearchFile, SearchSegment> {
    const count = Math.min(mostBuckets, Math.max(1, Math.ceil(shown.length / postsPerBucket)))
    const buckets = Array.from({length: count}, (): string[] => [])
    for (const term of terms.keys()) buckets[bucketOf(term, count)]!.push(term)
    const segment: SearchSegment = {posts: shown.length, perFile: postsPerFile, terms: [], files: []}
    for (const bucket of buckets) {
      const file = fileOf(printTerms(bucket.toSorted(), terms))
      segment.terms.push(file.name)
      yield file
    }
    for (let start = 0; start < shown.length; start += postsPerFile) {
      const file = fileOf(JSON.stringify(shown.slice(start, start + postsPerFile)))
      segment.files.push(file.name)
      yield file
    }
    return segment
  }

  return {
    add(post) {
      for (const [term, weight] of post.weights) {
        let postings = terms.get(term)
        if (postings === undefined) terms.set(term, (postings = createPostings()))
        postings.add(shown.length, weight)
      }
      shown.push(post.shown)
    },
    files,
  }
}

/** Written by hand, since an object would put numbers first and lose `__proto__`. */
function printTerms(names: string[], terms: Map<string, Postings>): string {
  return `{${names.map((term) => `${JSON.stringify(term)}:"${terms.get(term)!.packed()}"`).join(',')}}`
}

function fileOf(body: string): SearchFile {
  return {name: `${createHash('sha256').update(body).digest('hex').slice(0, 16)}.json`, body}
}
