import {LineCounter, parseDocument} from 'yaml'
import {isFields, toPlainValue, type ReadDocument} from './field-document.ts'
import type {Place} from './report.ts'
import {placesOf} from './read-yaml.ts'

/** JSON, with or without the outer braces (`;;;` blocks often leave them out). */
export const readJson: ReadDocument = (source, firstLine, report) => {
  const isBare = !source.trimStart().startsWith('{')
  const text = isBare ? `{\n${source}\n}` : source
  const lineBefore = isBare ? firstLine - 2 : firstLine - 1
  let value: unknown
  try {
    value = toPlainValue(JSON.parse(text))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, line = '1', column] = /line (\d+) column (\d+)/.exec(message) ?? []
    const at: Place = {line: lineBefore + Number(line)}
    if (column !== undefined) at.column = Number(column)
    const cure = 'JSON wants double quotes around keys and texts, commas between, and none at the end.'
    const [what = ''] = message.split(/ in JSON at| at position/)
    report.error(report.codes.syntax, `This is not JSON: ${what}.`, {at, cure})
    return undefined
  }
  if (!isFields(value)) {
    report.error(report.codes.syntax, 'This is not a JSON object.', {at: {line: firstLine}, cure: 'Put it in { }.'})
    return undefined
  }
  // JSON.parse keeps no places and the last of two equal keys; as YAML the same text has both.
  const lines = new LineCounter()
  const parsed = parseDocument(text, {lineCounter: lines, prettyErrors: false, logLevel: 'silent'})
  const placeAt = (offset: number): Place => {
    const {line, col} = lines.linePos(offset)
    return {line: lineBefore + line, column: col}
  }
  const duplicate = parsed.errors.find(({code}) => code === 'DUPLICATE_KEY')
  if (duplicate !== undefined) {
    const at = placeAt(duplicate.pos[0])
    report.error(report.codes.duplicateKey, 'This key stands here twice.', {at, cure: 'Keep one of the two.'})
    return undefined
  }
  return {fields: value, ...placesOf(parsed, placeAt), textOf: () => undefined}
}
