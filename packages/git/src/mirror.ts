import type {Login} from './login-helper.ts'
import type {SshIdentity} from './ssh-identity.ts'

/** One file of a tree. `mode` 120000 is a symbolic link and 160000 a submodule: never follow either. */
export type TreeEntry = {
  path: string
  /** Six octal digits, for example `100644`. */
  mode: string
  oid: string
  /** Bytes; 0 for a submodule. */
  size: number
  /** Set when the bytes of the path are not UTF-8; `path` is then only for people to read. */
  notUtf8?: true
}

/** Renames are told for Markdown files alone; any other file that moves is a delete and an add. */
export type Change =
  | {kind: 'add' | 'modify'; path: string; oid: string; mode: string; notUtf8?: true}
  /** `oid` and `mode` are those of the file that is gone. */
  | {kind: 'delete'; path: string; oid: string; mode: string; notUtf8?: true}
  | {kind: 'rename'; from: string; path: string; oid: string; mode: string; similarity: number; notUtf8?: true}

export type CommitInfo = {
  commit: string
  /** First parent; undefined for a root commit. */
  parent: string | undefined
  /** Milliseconds since 1970. */
  authorDate: number
  authorName: string
  authorEmail: string
  /** First paragraph of the message, as one line. */
  subject: string
}

export type WalkedCommit = CommitInfo & {
  /** Against the first parent, ordered by path. */
  changes: Change[]
}

export type MirrorOptions = {
  /** Folder of the bare repository; it is Broadside's own, made and re-made as needed. */
  dir: string
  /** `https://`, `ssh://`, `user@host:path`, `file://` or an absolute path. */
  remoteUrl: string
  branch: string
  /** For `https://`, where the URL holds none. */
  login?: Login | undefined
  /** For `ssh://` and `user@host:path`, instead of the keys of whoever runs us. */
  ssh?: SshIdentity | undefined
  /** Longest time that a fetch may take. */
  timeoutMs?: number
  /** How large the mirror may become. */
  maxBytes?: number
  /** From which size on what comes is checked apart; see `takeUpdate`. */
  largeBytes?: number
}

/** A bare copy of one branch of a remote repository. Content is read from its objects and never checked out. */
export type Mirror = {
  /**
   * Brings the branch from the remote, rewound or not. `head` is undefined when the branch does not exist there.
   * Repeats are harmless; calls at the same time run one after the other. With `onlyIfMoved` the remote is asked first
   * where its branch is, and nothing is fetched when the mirror has that.
   * Throws `git.fetch.failed` (transient) with what git said, credentials removed, and `git.repository.too-large`
   * (invalid).
   */
  fetch(options?: {onlyIfMoved?: boolean}): Promise<{head: string | undefined}>
  /** The commits that the branches of the remote are at now, by name; nothing is fetched. Throws as `fetch`. */
  branches(): Promise<Map<string, string>>
  /** Commit that a branch name or (short) hash stands for, undefined when the mirror has none. */
  resolve(rev: string): Promise<string | undefined>
  /** Whether `a` is `b` or reachable from it; false when the mirror lacks either. */
  isAncestor(a: string, b: string): Promise<boolean>
  /** Whether `a` is `b` or is reached from it by first parents alone, so that `walk` from `a` to `b` is complete. */
  isFirstParentAncestor(a: string, b: string): Promise<boolean>
  /** What a commit says of itself; undefined when the mirror has no such commit. Takes a full hash. */
  readCommit(commit: string): Promise<CommitInfo | undefined>
  /** All files of a commit, ordered by path. */
  listTree(commit: string): AsyncIterable<TreeEntry>
  /** First-parent commits after `from` (all, without it) up to and with `to`, oldest first. */
  walk(range: {from?: string; to: string}): AsyncIterable<WalkedCommit>
  /** What makes tree `b` of tree `a` (undefined: the empty tree); moved files are a delete and an add. */
  diffTrees(a: string | undefined, b: string): Promise<Change[]>
  /** Throws `git.blob.missing`, or `git.blob.too-large` without reading more than the size. */
  readBlob(oid: string, options?: {maxBytes?: number}): Promise<Uint8Array>
  /** The bytes of one file of a commit; undefined when the commit has no regular file there. Throws as `readBlob`. */
  readFile(commit: string, path: string, options?: {maxBytes?: number}): Promise<Uint8Array | undefined>
  /** Ends the processes that the mirror keeps. A repeat does nothing. */
  close(): Promise<void>
}
