/** The headers an object is served with. What is left out is not sent. */
export type ObjectHeaders = {
  /** With charset where it is text: `text/html; charset=utf-8`. */
  contentType: string
  cacheControl: string
  contentEncoding?: string
  /** Where a server of static websites sends readers that ask for this key (S3's website redirect). */
  redirectLocation?: string
  /** What servers that can answer with instead of 200; S3 keeps it as metadata, `x-amz-meta-status`. */
  status?: 410
  /** A Link header (RFC 8288). S3 keeps it as metadata and does not send it by itself. */
  link?: string
}

export type CallOptions = {
  /** The deadline of the call; when it fires the call ends with a transient `objects.deadline`. */
  signal?: AbortSignal
}

export type PutOptions = CallOptions & {
  /** Write only over this ETag; honoured where `capabilities.conditionalPut` is true, ignored elsewhere. */
  ifMatch?: string
  /** Write only where nothing is; honoured where `capabilities.conditionalPut` is true, ignored elsewhere. */
  ifNoneMatch?: '*'
  /**
   * Asked right before an object becomes visible, where that can be long after the put began: a file of any size, and
   * what is put in parts. What it throws the put throws, and nothing is visible. A small object in S3 is visible by the
   * only call there is, and does not ask.
   */
  beforeVisible?: () => Promise<void>
}

export type ObjectHead = {headers: ObjectHeaders; etag: string; size: number}
export type StoredObject = ObjectHead & {body: Uint8Array}
export type ListedObject = {key: string; etag: string; size: number}

export type Capabilities = {
  /** `ifMatch` and `ifNoneMatch` are honoured. For S3 this is tried out when the port is opened. */
  conditionalPut: boolean
}

/** A place for bytes under keys. Keys are relative paths with forward slashes: `posts/hello/index.html`. */
export type Objects = {
  readonly capabilities: Capabilities
  /**
   * Writes the whole object, replacing what was there; readers see the old bytes or the new, never a mix.
   * A repeat with the same body and headers leaves the same state. The ETag is without quotes, changes with
   * the body and says nothing about headers; where the body was put in parts it is not its MD5. `retries` says that the
   * store faltered on the way.
   */
  put(
    key: string,
    body: Uint8Array,
    headers: ObjectHeaders,
    options?: PutOptions,
  ): Promise<{etag: string; retries?: number}>
  /** The object, or undefined where there is none. */
  get(key: string, options?: CallOptions): Promise<StoredObject | undefined>
  /** As `get` without the body. */
  head(key: string, options?: CallOptions): Promise<ObjectHead | undefined>
  /** Removes the objects; absent keys are no error, so a repeat is harmless. On an error some may be gone. */
  delete(keys: string[], options?: CallOptions): Promise<void>
  /**
   * All objects whose key starts with `prefix`, each once. Files and S3 give them in the order of their keys' UTF-8
   * bytes, other servers in orders of their own. Changes during the walk may or may not show.
   */
  list(prefix: string, options?: CallOptions): AsyncIterable<ListedObject>
  /** What this is and where, for people and logs; never holds a secret. */
  describe(): string
  /** Gives up connections; no other call may follow. */
  close(): Promise<void>
}
