import {parsePage, parsePost, type Diagnostic, type PostMeta, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import type {Db} from '@broadside/ledger'
import {fragmentKey} from '@broadside/markdown'
import {BroadsideError} from '@broadside/runtime'
import {sha256} from './sha256.ts'

/** The largest Markdown file that is read, bytes. */
export const maxSourceBytes = 5_000_000

/** What a Markdown file says, without its text; `meta` is undefined when it is broken, and the diagnostics say why. */
export type ReadSource = {
  /** SHA-256 of the file's bytes. */
  hash: string
  meta: PostMeta | undefined
  /** SHA-256 of what stands below the front matter. */
  textHash: string
  fragmentKey: string
  diagnostics: Diagnostic[]
}

export type SourceFile = {kind: 'post' | 'page'; path: string; oid: string}

export type SourceReader = {
  /** Reads and parses files of the mirror; the answer has their order. */
  read: (files: SourceFile[]) => Promise<ReadSource[]>
  /** The same for a text that the ledger holds. */
  parse: (kind: 'post' | 'page', path: string, text: string) => ReadSource
  /** Keeps the texts of files in the ledger under their hashes; a repeat does nothing. */
  keep: (db: Db, files: {hash: string; oid: string}[]) => Promise<void>
}

/** Files asked for at once: enough that git answers without a pause, and a bound on the texts in memory. */
const filesAtOnce = 32

/** Characters of the texts that were read last and are not read again to be kept: a push is mostly smaller. */
const maxHeld = 4_000_000

export function createSourceReader(mirror: Mirror, settings: SiteSettings): SourceReader {
  const held = new Map<string, string>()
  let heldLength = 0

  function parse(kind: 'post' | 'page', path: string, bytes: Uint8Array, hash: string): ReadSource {
    const {post, diagnostics} = (kind === 'post' ? parsePost : parsePage)({file: path, bytes, settings})
    if (post === undefined) return {hash, meta: undefined, textHash: '', fragmentKey: '', diagnostics}
    const {meta, body, bodyLine} = post
    return {hash, meta, textHash: sha256(body), fragmentKey: fragmentKey(body, {file: path, bodyLine}), diagnostics}
  }

  function hold(oid: string, text: string): void {
    if (held.has(oid)) return
    held.set(oid, text)
    heldLength += text.length
    for (const [oldest, old] of held) {
      if (heldLength <= maxHeld) return
      held.delete(oldest)
      heldLength -= old.length
    }
  }

  async function readOne({kind, path, oid}: SourceFile): Promise<ReadSource> {
    try {
      const bytes = await mirror.readBlob(oid, {maxBytes: maxSourceBytes})
      const source = parse(kind, path, bytes, sha256(bytes))
      if (source.meta !== undefined) hold(oid, Buffer.from(bytes).toString('utf8'))
      return source
    } catch (error) {
      return refuse(path, oid, error)
    }
  }

  return {
    async read(files) {
      const sources: ReadSource[] = []
      for (let start = 0; start < files.length; start += filesAtOnce) {
        sources.push(...(await Promise.all(files.slice(start, start + filesAtOnce).map(readOne))))
      }
      return sources
    },
    parse: (kind, path, text) => parse(kind, path, Buffer.from(text), sha256(text)),
    async keep(db, files) {
      for (let start = 0; start < files.length; start += filesAtOnce) {
        const rows = files.slice(start, start + filesAtOnce).map(async ({hash, oid}) => ({
          hash,
          body: held.get(oid) ?? Buffer.from(await mirror.readBlob(oid)).toString('utf8'),
        }))
        await db
          .insertInto('texts')
          .values(await Promise.all(rows))
          .onConflict((c) => c.doNothing())
          .execute()
      }
    },
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
  return {
    hash: sha256(`too large ${oid}`),
    meta: undefined,
    textHash: '',
    fragmentKey: '',
    diagnostics: [diagnostic],
  }
}
