/** Something an author should know about a file of theirs. Codes are permanent and listed in docs/errors.md. */
export type Diagnostic = {
  severity: 'error' | 'warning'
  /** Permanent, for example `front-matter.syntax`. */
  code: string
  /** Path in the site's repository. */
  file: string
  /** From 1; absent when the whole file is meant. */
  line?: number
  /** From 1. */
  column?: number
  message: string
  /** What to do about it, one sentence. */
  cure?: string
}

/** `posts/x.md:3:7`, as editors and terminals link it. */
export function formatPlace(diagnostic: Pick<Diagnostic, 'file' | 'line' | 'column'>): string {
  const {file, line, column} = diagnostic
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':')
}
