import {parsePage, parsePost, type Diagnostic, type PostSource, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import {sha256} from './sha256.ts'

/** The largest Markdown file that is read, bytes. */
export const maxSourceBytes = 5_000_000

/** A Markdown file as it was read; `post` is undefined when it is broken, and the diagnostics say why. */
export type ReadSource = {hash: string; text: string; post: PostSource | undefined; diagnostics: Diagnostic[]}

export type SourceReader = {
  read: (kind: 'post' | 'page', path: string, oid: string) => Promise<ReadSource>
  /** The same for a source that the ledger holds. */
  parse: (kind: 'post' | 'page', path: string, text: string) => ReadSource
}

const keptSources = 500

/** Reads and parses blobs, keeping the last few hundred: a push reads each of its files more than once. */
export function createSourceReader(mirror: Mirror, settings: SiteSettings): SourceReader {
  const kept = new Map<string, ReadSource>()

  function parse(kind: 'post' | 'page', path: string, bytes: Uint8Array, hash: string): ReadSource {
    const {post, diagnostics} = (kind === 'post' ? parsePost : parsePage)({file: path, bytes, settings})
    return {hash, text: Buffer.from(bytes).toString('utf8'), post, diagnostics}
  }

  return {
    async read(kind, path, oid) {
      const key = `${oid} ${path}`
      const known = kept.get(key)
      if (known !== undefined) return known
      const source = await mirror.readBlob(oid, {maxBytes: maxSourceBytes}).then(
        (bytes) => parse(kind, path, bytes, sha256(bytes)),
        (error: unknown) => refuse(path, oid, error),
      )
      if (kept.size >= keptSources) kept.delete(kept.keys().next().value!)
      kept.set(key, source)
      return source
    },
    parse: (kind, path, text) => parse(kind, path, Buffer.from(text), sha256(text)),
  }
}

/** A blob that cannot be taken is the author's business; a git that does not work is not. */
function refuse(path: string, oid: string, error: unknown): ReadSource {
  if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'file.too-large',
    file: path,
    message: `the file is larger than ${maxSourceBytes / 1_000_000} MB`,
    cure: 'Split it, or move what is not text beside it',
  }
  return {hash: sha256(`too large ${oid}`), text: '', post: undefined, diagnostics: [diagnostic]}
}
