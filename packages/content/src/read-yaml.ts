import {isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type YAMLError} from 'yaml'
import {isFields, toPlainValue, type FieldDocument, type FieldPath} from './field-document.ts'
import type {Place, Report} from './report.ts'

/**
 * YAML 1.2: `no` is a word and dates are text. Duplicate keys, tags of foreign languages and alias bombs are refused.
 * `firstLine` is the line of the file on which `source` starts. An empty document has no fields.
 * With the option `list` a document may also be a list, which then is the one field of that name.
 */
export function readYaml(
  source: string,
  firstLine: number,
  report: Report,
  options: {list?: string} = {},
): FieldDocument | undefined {
  const lines = new LineCounter()
  const parsed = parseYaml(source, lines, report, firstLine)
  if (parsed === undefined) return undefined
  const placeAt = (offset: number): Place => {
    const {line, col} = lines.linePos(offset)
    return {line: firstLine - 1 + line, column: col}
  }
  const [error] = parsed.errors
  if (error !== undefined) {
    const code = error.code === 'DUPLICATE_KEY' ? report.codes.duplicateKey : report.codes.syntax
    const what = code === report.codes.duplicateKey ? 'This key stands here twice' : 'This is not YAML'
    report.error(code, `${what}: ${sentence(error.message)}`, {at: placeAt(error.pos[0]), cure: cureOf(error)})
    return undefined
  }
  const value = toValue(parsed, report, firstLine)
  const places = placesOf(parsed, placeAt)
  if (options.list !== undefined && Array.isArray(value)) {
    const inside = (path: FieldPath): FieldPath => path.slice(1)
    const fields = Object.assign(Object.create(null), {[options.list]: value}) as Record<string, unknown>
    return {
      fields,
      placeOf: (path, part) => places.placeOf(inside(path), part),
      textOf: (path) => places.textOf(inside(path)),
    }
  }
  if (isFields(value)) return {fields: value, ...places}
  if (!report.isBroken()) {
    const cure = 'Write one key and value a line: title: When NATS'
    report.error(report.codes.syntax, 'This is not a list of keys and values.', {at: {line: firstLine}, cure})
  }
  return undefined
}

/** Where things stand in a parsed document; `placeAt` turns an offset of its source into a place of the file. */
export function placesOf(
  parsed: Document,
  placeAt: (offset: number) => Place,
): Pick<FieldDocument, 'placeOf' | 'textOf'> {
  const nodeAt = (path: FieldPath): unknown => parsed.getIn(path, true)
  return {
    placeOf(path, part = 'value') {
      if (part === 'value') {
        const node = nodeAt(path)
        if (isNode(node) && node.range) return placeAt(node.range[0])
      }
      const parent = path.length === 1 ? parsed.contents : nodeAt(path.slice(0, -1))
      if (!isMap(parent)) return undefined
      const pair = parent.items.find(({key}) => isScalar(key) && String(key.value) === String(path.at(-1)))
      return isNode(pair?.key) && pair.key.range ? placeAt(pair.key.range[0]) : undefined
    },
    textOf(path) {
      const node = nodeAt(path)
      return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined
    },
  }
}

function parseYaml(source: string, lines: LineCounter, report: Report, firstLine: number): Document | undefined {
  try {
    return parseDocument(source, {lineCounter: lines, prettyErrors: false, logLevel: 'silent', version: '1.2'})
  } catch (error) {
    // The parser is recursive: some thousand opening brackets exhaust its stack.
    const message = `This YAML cannot be read: ${sentence(error instanceof Error ? error.message : String(error))}`
    report.error(report.codes.syntax, message, {at: {line: firstLine}, cure: 'Keep front matter flat and short.'})
    return undefined
  }
}

/** Undefined after the report was told why; an empty document is an empty list of keys. */
function toValue(parsed: Document, report: Report, firstLine: number): unknown {
  try {
    return toPlainValue(parsed.toJS({maxAliasCount: 50})) ?? Object.create(null)
  } catch (error) {
    const message = `This YAML cannot be read: ${sentence(error instanceof Error ? error.message : String(error))}`
    report.error(report.codes.nesting, message, {at: {line: firstLine}, cure: 'Write the values out, without aliases.'})
    return undefined
  }
}

function cureOf({code, message}: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'Keep one of the two lines.'
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces.'
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY' || /compact mapping/.test(message)) {
    return 'Put a value that holds ": " in quotes, and give each key a line of its own.'
  }
  if (code === 'UNEXPECTED_TOKEN' || code === 'BAD_SCALAR_START') {
    return 'Put a value that starts with a sign such as @ ` % or * in quotes.'
  }
  if (code === 'MISSING_CHAR') return 'Close the quote or bracket, or add the missing colon.'
  return 'Compare the line with its neighbours: indentation, quotes and colons.'
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return /[.!?]$/.test(first) ? first : `${first}.`
}
