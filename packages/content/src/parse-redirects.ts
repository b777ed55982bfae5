import {checkAddress} from './check-address.ts'
import {decodeText} from './decode-text.ts'
import type {Diagnostic} from './diagnostic.ts'
import {redirectsCodes} from './field-codes.ts'
import {isFields, type FieldPath} from './field-document.ts'
import {createFieldReader, type FieldReader} from './field-reader.ts'
import {readTarget} from './read-target.ts'
import {readYaml} from './read-yaml.ts'
import {createReport} from './report.ts'

export type RedirectStatus = 301 | 302 | 307 | 308

/** `from` is an address on the site; `to` another, or an absolute URL of the web. */
export type Redirect = {from: string; to: string; status: RedirectStatus}

const maxRedirectsBytes = 2_000_000
/** Browsers give up earlier; the limit bounds the search for circles. */
const maxHops = 50
const statuses: readonly number[] = [301, 302, 307, 308]

/**
 * Reads `redirects.yaml`: a mapping `/old/: /new/`, or a list of `{from, to, status}` with status 301 where none is
 * given. A bad entry is told and left out, the others count; so do entries that lead in a circle.
 */
export function parseRedirects(file: string, bytes: Uint8Array): {redirects: Redirect[]; diagnostics: Diagnostic[]} {
  const report = createReport(file, redirectsCodes)
  const text = decodeText(bytes, report, maxRedirectsBytes)
  const document = text === undefined ? undefined : readYaml(text, 1, report, {list: 'redirects'})
  if (document === undefined) return {redirects: [], diagnostics: report.diagnostics}
  const reader = createFieldReader(document, report)

  const byFrom = new Map<string, {redirect: Redirect; path: FieldPath}>()
  const isList = Array.isArray(document.fields['redirects'])
  const entries = isList ? reader.items(['redirects']) : (reader.keys([]) ?? []).map((key) => [key])
  for (const path of entries) {
    const redirect = isList ? readEntry(reader, path) : readPair(reader, path, String(path[0]))
    if (redirect === undefined) continue
    if (byFrom.has(redirect.from)) {
      reader.refuse(path, `leads from ${redirect.from}, and so does another`, 'Keep one.', report.codes.duplicateKey)
    } else byFrom.set(redirect.from, {redirect, path})
  }
  const good = [...byFrom.values()].filter(({redirect, path}) => {
    if (!isCircular(redirect, byFrom)) return true
    reader.refuse(path, 'leads in a circle', 'Let it lead to a page.', 'redirects.circle')
    return false
  })
  return {redirects: good.map(({redirect}) => redirect), diagnostics: report.diagnostics}
}

function readEntry(reader: FieldReader, path: FieldPath): Redirect | undefined {
  if (!isFields(reader.valueAt(path))) return reader.wrongType(path, 'an entry such as {from: /old/, to: /new/}')
  const from = reader.text([...path, 'from'])
  if (from === undefined) return reader.refuse(path, 'has no from', 'Write {from: /old/, to: /new/}.')
  const status = reader.number([...path, 'status'], {min: 301, max: 308}) ?? 301
  if (!isStatus(status)) return reader.refuse([...path, 'status'], `is ${status}`, 'Choose 301, 302, 307 or 308.')
  return checked(reader, {from, status, to: reader.text([...path, 'to'])}, path)
}

function readPair(reader: FieldReader, path: FieldPath, from: string): Redirect | undefined {
  return checked(reader, {from, status: 301, to: reader.text(path)}, path)
}

function isStatus(status: number): status is RedirectStatus {
  return statuses.includes(status)
}

function checked(
  reader: FieldReader,
  {from, to, status}: {from: string; to: string | undefined; status: RedirectStatus},
  path: FieldPath,
): Redirect | undefined {
  if (to === undefined) return reader.refuse(path, 'has no place to lead to', 'Write {from: /old/, to: /new/}.')
  const source = checkAddress(from)
  if ('problem' in source) return reader.refuse(path, `leads from an address that ${source.problem}`, 'Write /old/.')
  const target = readTarget(to)
  if ('to' in target) return {from: source.address, to: target.to, status}
  return reader.refuse(path, `leads to an address that ${target.problem}`, 'Write /new/ or https://example.org/new/.')
}

function isCircular(start: Redirect, byFrom: Map<string, {redirect: Redirect}>): boolean {
  const seen = new Set<string>()
  for (let at: Redirect | undefined = start; at !== undefined && seen.size < maxHops;) {
    if (seen.has(at.from)) return at.from === start.from
    seen.add(at.from)
    at = byFrom.get(at.to.replace(/[?#].*$/, ''))?.redirect
  }
  return false
}
