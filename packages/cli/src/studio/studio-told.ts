import type {Diagnostic} from '@broadside/content'

/** What those who look at the studio are told of: the site is another one, was looked at as a whole, or is left. */
export type StudioTold = {what: 'changed' | 'checked'; version: number} | {what: 'closed'}

export type ToldDiagnostic = Diagnostic & {frame: string}

/** What is said of a thing that is looked at: a file, or an address that no file has. */
export type StudioState = {
  version: number
  site: string
  /** Path of the file, or an address that no file has. */
  of: string
  title: string
  /** Where its page is; undefined for a file that has none now. */
  address?: string
  status?: string
  /** Of the page's bytes, so that only what is another page is loaded anew. */
  page?: string
  feed?: {hash: string; isIn: boolean}
  mail?: {hash: string; subject: string; from: string; bytes: number; isSent: boolean}
  /** Of the file, of what lies in its folder, and of settings and theme. */
  diagnostics: ToldDiagnostic[]
  /** Whether what is shown is older than what is wrong. */
  isOlder: boolean
  errors: number
  warnings: number
}

export type ListedDocument = {
  path: string
  title: string
  /** Of a post: draft, scheduled, live, expired; broken where the file cannot be shown as it is. */
  status: string
  problems: number
}

export type DocumentList = {
  version: number
  total: number
  /** The first of those that were asked for. */
  shown: ListedDocument[]
}
