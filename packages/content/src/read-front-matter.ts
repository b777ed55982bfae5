import {decodeText} from './decode-text.ts'
import type {Diagnostic} from './diagnostic.ts'
import {frontMatterCodes} from './field-codes.ts'
import type {FieldDocument, ReadDocument} from './field-document.ts'
import {readJson} from './read-json.ts'
import {readToml} from './read-toml.ts'
import {readYaml} from './read-yaml.ts'
import {createReport, type Report} from './report.ts'
import {splitFrontMatter, type FrontMatterLanguage} from './split-front-matter.ts'

const maxFrontMatterLength = 65_536
const readers: Record<FrontMatterLanguage, ReadDocument> = {yaml: readYaml, toml: readToml, json: readJson}

/** Keys and values of front matter as they stand, whatever they mean, and the text below. */
export type RawDocument = {fields: Record<string, unknown>; body: string; bodyLine: number}

/** Reads a file that was written for another tool; what is wrong with it is a diagnostic. */
export function readFrontMatter(file: string, bytes: Uint8Array): RawDocument | {problem: Diagnostic} {
  const report = createReport(file, frontMatterCodes)
  const text = decodeText(bytes, report, bytes.length)
  const split = text === undefined ? undefined : splitFrontMatter(text)
  if (split !== undefined && 'code' in split) {
    report.error(split.code, split.message, {at: {line: split.line}, cure: split.cure})
  } else if (split !== undefined) {
    const document = readFields(split.language, split.source, split.sourceLine, report)
    if (document !== undefined) return {fields: document.fields, body: split.body, bodyLine: split.bodyLine}
  }
  const [problem] = report.diagnostics
  if (problem === undefined) throw new Error(`${file} was refused without a word`)
  return {problem}
}

/** The fields of front matter in its language; undefined after the report was told why there are none. */
export function readFields(
  language: FrontMatterLanguage | undefined,
  source: string,
  line: number,
  report: Report,
): FieldDocument | undefined {
  if (language === undefined) {
    return {fields: Object.create(null) as Record<string, unknown>, placeOf: () => undefined, textOf: () => undefined}
  }
  if (source.length > maxFrontMatterLength) {
    const message = `Front matter has ${source.length} characters; at most ${maxFrontMatterLength} are read.`
    report.error('front-matter.too-large', message, {at: {line}, cure: 'Move text and data out of it.'})
    return undefined
  }
  return readers[language](copyOf(source), line, report)
}

/** A part of a string keeps all of it in memory: a title the whole post, for as long as the title is needed. */
function copyOf(source: string): string {
  return Buffer.from(source).toString()
}
