import {decodePath} from './decode-path.ts'
import type {Change} from './mirror.ts'

const header = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])(\d*)$/
const markdown = /\.(?:md|markdown)$/i

export type RawHeader = {
  mode: {old: string; new: string}
  oid: {old: string; new: string}
  status: string
  similarity: number
  /** How many paths follow. */
  paths: 1 | 2
}

/** Parses the part of a `--raw -z` entry before its paths; undefined when it is something else. */
export function parseRawHeader(record: string): RawHeader | undefined {
  const [match, oldMode = '', newMode = '', oldOid = '', newOid = '', status = '', score = ''] =
    header.exec(record) ?? []
  if (match === undefined) return undefined
  return {
    mode: {old: oldMode, new: newMode === plainMode ? plainMode : newMode},
    oid: {old: oldOid, new: newOid},
    status,
    similarity: score === '' ? 100 : Number(score),
    paths: status === 'R' || status === 'C' ? 2 : 1,
  }
}

/** That of nearly every file: one text for all of them. */
const plainMode = '100644'

/** A part of a string keeps all of it in memory: a hash the whole entry, for as long as the change is needed. */
function copyOf(hash: string): string {
  return Buffer.from(hash, 'latin1').toString('latin1')
}

/** The changes that one entry tells: a rename of anything but Markdown is a delete and an add. */
export function toChanges({mode, oid, status, similarity}: RawHeader, paths: readonly Buffer[]): Change[] {
  const [first = Buffer.alloc(0), second] = paths
  if (status === 'D') return [{kind: 'delete', ...decodePath(first), oid: copyOf(oid.old), mode: mode.old}]
  const added = {oid: copyOf(oid.new), mode: mode.new}
  if (status === 'A') return [{kind: 'add', ...decodePath(first), ...added}]
  if (second === undefined) return [{kind: 'modify', ...decodePath(first), ...added}]
  const from = decodePath(first)
  const to = decodePath(second)
  const isPlain = from.notUtf8 === undefined && to.notUtf8 === undefined
  if (isPlain && markdown.test(from.path) && markdown.test(to.path)) {
    return [{kind: 'rename', from: from.path, path: to.path, ...added, similarity}]
  }
  return [
    {kind: 'delete', ...from, oid: copyOf(oid.old), mode: mode.old},
    {kind: 'add', ...to, ...added},
  ]
}
