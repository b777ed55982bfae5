export type CallOptions = {
  /** The deadline of the call; when it fires the call ends with a transient `cdn.unreachable`. */
  signal?: AbortSignal
}

/** A cache between the site and its readers, that can be told what has changed. */
export type Cdn = {
  /** More URLs than this are not forgotten one by one: everything below the site's address is. */
  readonly budget: number
  /** Forgets what it keeps of these absolute URLs. A repeat is harmless, and so is a URL that it does not keep. */
  purgeUrls(urls: string[], options?: CallOptions): Promise<void>
  /** Forgets everything below an absolute URL that ends with a slash. A repeat is harmless. */
  purgeBelow(siteUrl: string, options?: CallOptions): Promise<void>
  /** What this is and where, for people and logs; never holds a secret. */
  describe(): string
}
