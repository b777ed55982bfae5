import {isFields, type FieldDocument, type FieldPath} from './field-document.ts'
import type {Report} from './report.ts'

/**
 * Reads typed values out of a document; whatever has another type or holds characters that can do harm is told to
 * the report, with its place, and read as undefined. Empty values (`title:`) are absent ones.
 */
export type FieldReader = ReturnType<typeof createFieldReader>

const maxTextLength = 1_000
const truths: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

export function createFieldReader(document: FieldDocument, report: Report) {
  const valueAt = (path: FieldPath): unknown => {
    let value: unknown = document.fields
    for (const step of path) {
      if (Array.isArray(value)) value = value[Number(step)]
      else if (isFields(value)) value = value[step]
      else return undefined
    }
    return value === null ? undefined : value
  }

  const refuse = (path: FieldPath, message: string, cure: string, code = report.codes.badValue): undefined => {
    report.error(code, `${nameOf(path)} ${message}.`, {at: document.placeOf(path), cure})
  }

  const wrongType = (path: FieldPath, wanted: string): undefined =>
    refuse(path, `is ${kindOf(valueAt(path))}, not ${wanted}`, `Write ${wanted} there.`, report.codes.wrongType)

  /** `maxLength` counts UTF-16 units. With `lines`, line breaks are kept; without, they are errors. */
  const text = (path: FieldPath, options: {maxLength?: number; lines?: boolean} = {}): string | undefined => {
    const {maxLength = maxTextLength, lines = false} = options
    const value = valueAt(path)
    if (value === undefined) return undefined
    const written = typeof value === 'string' ? value : document.textOf(path)
    const isScalar = typeof value === 'number' || typeof value === 'boolean'
    if (typeof value !== 'string' && !(isScalar && (written !== undefined || typeof value === 'number'))) {
      return wrongType(path, 'a text')
    }
    const result = (written ?? String(value)).trim()
    if (result === '') return undefined
    if (hasControlCharacter(lines ? result.replaceAll(/\r?\n/g, ' ') : result)) {
      return refuse(path, 'holds a line break or control character', 'Write it as one line of plain text.')
    }
    if (result.length > maxLength) return refuse(path, `is longer than ${maxLength} characters`, 'Shorten it.')
    return result
  }

  /** `yes`, `no`, `on` and `off` count: YAML 1.1, which other tools read, has them, and a draft must stay one. */
  const flag = (path: FieldPath): boolean | undefined => {
    const value = valueAt(path)
    if (value === undefined || typeof value === 'boolean') return value
    const truth = typeof value === 'string' ? truths[value.trim().toLowerCase()] : undefined
    return typeof truth === 'boolean' ? truth : wrongType(path, 'true or false')
  }

  const number = (path: FieldPath, {min, max}: {min: number; max: number}): number | undefined => {
    const value = valueAt(path)
    if (value === undefined) return undefined
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(path, 'a whole number')
    if (value < min || value > max) return refuse(path, `is ${value}`, `Choose a number from ${min} to ${max}.`)
    return value
  }

  /** Items of a list, each by its path; a single value is a list of one. */
  const items = (path: FieldPath): FieldPath[] => {
    const value = valueAt(path)
    if (value === undefined) return []
    return Array.isArray(value) ? value.map((_, index) => [...path, index]) : [path]
  }

  /** Keys of a mapping; undefined when it is absent or something else, which the report is told. */
  const keys = (path: FieldPath): string[] | undefined => {
    const value = path.length === 0 ? document.fields : valueAt(path)
    if (value === undefined) return undefined
    if (!isFields(value)) return wrongType(path, 'a list of keys and values')
    return Object.keys(value)
  }

  return {valueAt, text, flag, number, items, keys, refuse, wrongType, placeOf: document.placeOf}
}

/** Line breaks, other control characters, and halves of surrogate pairs, which no encoding can carry. */
function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || !text.isWellFormed()
}

/** `newsletter.from`, `authors.0`. */
function nameOf(path: FieldPath): string {
  return `"${path.join('.')}"`
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isFields(value)) return 'a list of keys and values'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'number' ? 'a number' : 'true or false'
}
