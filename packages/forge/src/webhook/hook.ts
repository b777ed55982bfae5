export type ForgeName = 'forgejo' | 'gitea' | 'github' | 'gitlab' | 'bitbucket' | 'generic'

/** A request as it came: the signature is over these bytes, and no others that mean the same. */
export type HookRequest = {
  headers: {get(name: string): string | null}
  body: Uint8Array
}

/** What verification needs besides the request. */
export type HookKeys = {
  /** Any of them may have been used, so that one can be replaced while hooks go on. */
  secrets: readonly string[]
  /** Milliseconds since 1970. */
  now: number
}

/** Where a branch is now; undefined when it is gone. */
export type BranchMove = {branch: string; after: string | undefined}

/** What a body tells: the branches that moved, or why it is of no interest. */
export type Reading = {moves: BranchMove[]; ignored?: string}

/** What a verified hook tells. A hint to look, never the truth about a repository. */
export type Hook = Reading & {
  forge: ForgeName
  /** The forge's name of this delivery, the same when it is sent again. */
  delivery: string
}

/** One way in which hooks come. */
export type HookScheme = {
  forge: ForgeName
  /** Whether the headers are of this kind; the first scheme that says so decides alone. */
  recognises(headers: HookRequest['headers']): boolean
  /** Whether one of the secrets signed these bytes. Compares in constant time. */
  verify(request: HookRequest, keys: HookKeys): boolean
  /** The delivery's id, null where there is none. Asked after verification. */
  delivery(headers: HookRequest['headers']): string | null
  /** Reads a verified body. Throws what zod throws when it has another shape than the event has. */
  read(headers: HookRequest['headers'], payload: unknown): Reading
}
