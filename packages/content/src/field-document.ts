import type {Place, Report} from './report.ts'

export type FieldPath = readonly (string | number)[]

/** Data that an author wrote, in whatever language, with the places where it stands in the file. */
export type FieldDocument = {
  /** Objects have no prototype, so that a key such as `__proto__` is a key like any other. */
  fields: Record<string, unknown>
  /** Of the value, or of the key; undefined where the language does not tell. */
  placeOf(path: FieldPath, part?: 'key' | 'value'): Place | undefined
  /** The characters of an unquoted value, `2026` or `1.10`, where the parsed number or boolean says less. */
  textOf(path: FieldPath): string | undefined
}

export type ReadDocument = (source: string, firstLine: number, report: Report) => FieldDocument | undefined

const maxDepth = 32

/**
 * Copies parsed data into objects without a prototype; dates of TOML become their text.
 * Throws a RangeError when it is nested deeper than any front matter has reason to be.
 */
export function toPlainValue(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new RangeError(`nested deeper than ${maxDepth} levels`)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((item) => toPlainValue(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const plain = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) plain[key] = toPlainValue(item, depth + 1)
  return plain
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
