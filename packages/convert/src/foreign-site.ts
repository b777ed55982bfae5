/** What a reader of another tool's site or export yields, in any order save that `settings` come first. */
export type ForeignItem =
  | {kind: 'settings'; settings: ForeignSettings}
  | ForeignDocument
  /** A file of the export that is published: `to` is its path in the new repository, below `assets/`. */
  | {kind: 'file'; from: string; to: string}
  | {kind: 'redirect'; from: string; to: string}
  /** A file that cannot be read: it is kept where nothing publishes it. */
  | {kind: 'unread'; from: string; why: string; line?: number}
  | {kind: 'note'; note: Note}

/** Keys of `broadside.yaml`; what the old tool does not say is left out. */
export type ForeignSettings = {
  title?: string
  tagline?: string
  description?: string
  language?: string
  timezone?: string
  permalink?: string
  authors?: Record<string, {name: string; url?: string}>
  navigation?: {label: string; url: string}[]
}

export type ForeignDocument = {
  kind: 'post' | 'page'
  /** The file, or the name in the export, under which an author knows it. */
  from: string
  /** Front matter, in Broadside's keys. Dates are text, as they were written. */
  fields: Record<string, unknown>
  /** Markdown. */
  body: string
  /** Last part of the address, and the name of the file. */
  slug: string
  /** Where readers find it today, from `/`. */
  address?: string
  /** Files of the export that shall lie beside it, with the name that the text calls them by. */
  beside: {from: string; name: string}[]
}

/**
 * Something an author should look at: what was `guessed`, what was `left` as it stood or behind, and what could not be
 * converted because it is `broken`.
 */
export type Note = {kind: 'guessed' | 'left' | 'broken'; from: string; line?: number; what: string}

/** Files of an export, named from its root with `/`. */
export type ExportFiles = {
  /** Sorted. */
  list: () => readonly string[]
  /** @throws where there is no such file. */
  read: (path: string) => Promise<Buffer>
  stream: (path: string) => AsyncIterable<Buffer>
}

export type ReadOptions = {
  /** Address of the old site, where the export does not say it: `https://notes.example/`. */
  url?: string | undefined
  /** The zone of dates that name none, where the export does not say it. */
  timezone?: string | undefined
}

export type ReadSite = (files: ExportFiles, options: ReadOptions) => AsyncIterable<ForeignItem>
