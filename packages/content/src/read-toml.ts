import {parse, TomlError} from 'smol-toml'
import {isFields, toPlainValue, type FieldPath, type ReadDocument} from './field-document.ts'
import type {Place} from './report.ts'

/** TOML 1.0; duplicate keys are refused by the parser. */
export const readToml: ReadDocument = (source, firstLine, report) => {
  try {
    const fields = toPlainValue(parse(source))
    if (!isFields(fields)) return undefined
    return {fields, placeOf: (path, part) => placeOf(source, firstLine, path, part), textOf: () => undefined}
  } catch (error) {
    const at: Place = {line: firstLine}
    if (error instanceof TomlError) Object.assign(at, {line: firstLine - 1 + error.line, column: error.column})
    const lines = (error instanceof Error ? error.message : String(error)).split('\n')
    const what = (lines[0] ?? '').replace(/^Invalid TOML document: /, '')
    const isDuplicate = /already defined|redefin|duplicate/i.test(what)
    const code = isDuplicate ? report.codes.duplicateKey : report.codes.syntax
    const cure = isDuplicate ? 'Keep one of the two lines.' : 'TOML wants key = value, and texts in double quotes.'
    report.error(code, `This is not TOML: ${what}.`, {at, cure})
    return undefined
  }
}

/** The parser keeps no places: finds the line that assigns the last name of the path. */
function placeOf(source: string, firstLine: number, path: FieldPath, part: 'key' | 'value' = 'value') {
  const name = path.findLast((step) => typeof step === 'string')
  const lines = source.split('\n')
  for (const [index, text] of lines.entries()) {
    const equals = text.indexOf('=')
    const isTable = text.trimStart().startsWith('[')
    const key = (isTable ? text.replaceAll(/[[\]]/g, '') : equals < 0 ? '' : text.slice(0, equals)).trim()
    if (key.replaceAll(/["']/g, '') !== name) continue
    const line = firstLine + index
    if (part === 'key' || isTable) return {line, column: text.length - text.trimStart().length + 1}
    const value = text.slice(equals + 1)
    return {line, column: equals + 2 + value.length - value.trimStart().length}
  }
  return undefined
}
