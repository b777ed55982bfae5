import {LineCounter, parseDocument} from 'yaml'
import {placeOfOffset} from './decode-text.ts'
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
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split(
      /,? (?:\.\.\.)?"|in JSON at| at position/,
    )
    const code = error instanceof RangeError ? report.codes.nesting : report.codes.syntax
    const {line, column} = placeOfOffset(text, error instanceof SyntaxError ? offsetOfError(text) : 0)
    const at: Place = {line: lineBefore + line, column}
    const cure = 'JSON wants double quotes around keys and texts, commas between, and none at the end.'
    report.error(code, `This is not JSON: ${what.trim()}.`, {at, cure})
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

/**
 * Offset of the character that JSON.parse stumbles over, which its message names only for some errors. Up to it every
 * beginning of the text is merely unfinished, so halving finds it.
 */
function offsetOfError(text: string): number {
  let unfinished = 0
  let wrong = text.length
  while (wrong - unfinished > 1) {
    const middle = Math.floor((unfinished + wrong) / 2)
    if (isUnfinished(text.slice(0, middle))) unfinished = middle
    else wrong = middle
  }
  return unfinished
}

function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (!(error instanceof SyntaxError)) return false
    const position = /at position (\d+)/.exec(error.message)?.[1]
    return /end of JSON input|Unterminated/.test(error.message) || Number(position ?? 0) >= text.length
  }
}
