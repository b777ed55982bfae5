import {parsePage, parsePost, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import type {Db} from '@broadside/ledger'
import {fragmentKey} from '@broadside/markdown'
import {BroadsideError, growSlowly} from '@broadside/runtime'
import {createTextKeeper} from './create-text-keeper.ts'
import {inChunks} from './in-chunks.ts'
import {markdownOptions} from './markdown-options.ts'
import {idOf} from './post-memory.ts'
import {say, type Said} from './said.ts'
import {sha256} from './sha256.ts'

/** The largest Markdown file that is read, bytes. */
export const maxSourceBytes = 5_000_000

/** What a Markdown file says, without its text; `said` is undefined when it is broken, and the diagnostics say why. */
export type ReadSource = {
  /** SHA-256 of the file's bytes. */
  hash: string
  said: Said | undefined
  /** The id that its author chose, in the form of the others. */
  id: string | undefined
  /** SHA-256 of what stands below the front matter. */
  textHash: string
  fragmentKey: string
  diagnostics: readonly Diagnostic[]
  /** What the front matter says in the time zone that was asked for, where that is not the site's. */
  local?: {timezone: string; said: Said | undefined}
}

/** What front matter says in a time zone that it was read in. */
export function saidIn(source: ReadSource, timezone: string): Said | undefined {
  return source.local?.timezone === timezone ? source.local.said : source.said
}

/** `timezone`: in which its dates are read besides the site's, for a post at a commit whose settings named another. */
export type SourceFile = {kind: 'post' | 'page'; path: string; oid: string; timezone?: string}

export type SourceReader = {
  /**
   * Reads and parses files of the mirror; the answer has their order. The texts of those that `isFinal` are kept in the
   * ledger on the way.
   */
  read: (files: SourceFile[], isFinal?: (file: SourceFile) => boolean) => Promise<ReadSource[]>
  /** Whether a source says what it says in this time zone. */
  isReadIn: (source: ReadSource, timezone: string) => boolean
  /** The same for a text that the ledger holds. */
  parse: (kind: 'post' | 'page', path: string, text: string, timezone?: string) => ReadSource
  /** Keeps the texts of files in the ledger under their hashes; what is kept already is not read again. */
  keep: (files: Iterable<{hash: string; oid: string}>) => Promise<void>
}

/** One for all files of which nothing is to be told. */
const none: readonly Diagnostic[] = []

/** Files asked for at once: enough that git answers without a pause, and a bound on the texts in memory. */
const filesAtOnce = 32

/** Bytes of the texts that were read last and are not read again to be kept: a push is mostly smaller. */
const maxHeld = 4_000_000
/** What is to be told of so many posts makes the heap large. */
const manyFiles = 20_000

export function createSourceReader(db: Db, mirror: Mirror, settings: SiteSettings): SourceReader {
  const held = new Map<string, Uint8Array>()
  let heldLength = 0
  let asked = 0
  const texts = createTextKeeper(db)

  function parse(kind: 'post' | 'page', path: string, bytes: Uint8Array, hash: string, timezone?: string): ReadSource {
    const read = kind === 'post' ? parsePost : parsePage
    const {post, diagnostics} = read({file: path, bytes, settings})
    if (post === undefined) return unreadable(hash, diagnostics)
    const {meta, body, bodyLine} = post
    const markdown = markdownOptions(settings, meta.language)
    const key = fragmentKey(body, {file: path, bodyLine, markdown})
    const source: ReadSource = {
      hash,
      said: say(meta),
      id: meta.id === undefined ? undefined : idOf(meta.id),
      textHash: sha256(body),
      fragmentKey: key,
      diagnostics: diagnostics.length === 0 ? none : diagnostics,
    }
    if (timezone === undefined || timezone === settings.timezone) return source
    const there = read({file: path, bytes, settings: {...settings, timezone}})
    return {...source, local: {timezone, said: there.post && say(there.post.meta)}}
  }

  function hold(oid: string, bytes: Uint8Array): void {
    if (held.has(oid)) return
    held.set(oid, bytes)
    heldLength += bytes.length
    for (const [oldest, old] of held) {
      if (heldLength <= maxHeld) return
      held.delete(oldest)
      heldLength -= old.length
    }
  }

  async function readOne({
    kind,
    path,
    oid,
    timezone,
  }: SourceFile): Promise<{source: ReadSource; bytes: Uint8Array | undefined}> {
    try {
      const bytes = await mirror.readBlob(oid, {maxBytes: maxSourceBytes})
      const source = parse(kind, path, bytes, sha256(bytes), timezone)
      return {source, bytes: source.said === undefined ? undefined : bytes}
    } catch (error) {
      return {source: refuse(path, oid, error), bytes: undefined}
    }
  }

  return {
    async read(files, isFinal = () => false) {
      asked += files.length
      if (asked > manyFiles) growSlowly()
      const sources: ReadSource[] = []
      for (let start = 0; start < files.length; start += filesAtOnce) {
        const chunk = files.slice(start, start + filesAtOnce)
        const read = await Promise.all(chunk.map(readOne))
        for (const [n, {source, bytes}] of read.entries()) {
          sources.push(source)
          if (bytes === undefined) continue
          if (isFinal(chunk[n]!)) await texts.keep(source.hash, bytes)
          else hold(chunk[n]!.oid, bytes)
        }
      }
      return sources
    },
    isReadIn: (source, timezone) => timezone === settings.timezone || source.local?.timezone === timezone,
    parse: (kind, path, text, timezone) => parse(kind, path, Buffer.from(text), sha256(text), timezone),
    async keep(files) {
      const missing: {hash: string; oid: string}[] = []
      for (const file of files) if (!texts.has(file.hash)) missing.push(file)
      for (const chunk of inChunks(missing, filesAtOnce)) {
        const read = await Promise.all(chunk.map(async ({oid}) => held.get(oid) ?? mirror.readBlob(oid)))
        for (const [n, bytes] of read.entries()) await texts.keep(chunk[n]!.hash, bytes)
      }
      await texts.flush()
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
  return unreadable(sha256(`too large ${oid}`), [diagnostic])
}

function unreadable(hash: string, diagnostics: Diagnostic[]): ReadSource {
  return {hash, said: undefined, id: undefined, textHash: '', fragmentKey: '', diagnostics}
}
