import {isTimezone, readFrontMatter} from '@broadside/content'
import type {ExportFiles} from './foreign-site.ts'

const fences: Record<string, string> = {yaml: '---', yml: '---', toml: '+++', json: ';;;'}

/** The first of these files that is there and can be read, in YAML, TOML or JSON by its name; else nothing. */
export async function readConfig(files: ExportFiles, paths: readonly string[]): Promise<Record<string, unknown>> {
  for (const path of paths) {
    if (!files.list().includes(path)) continue
    const fence = fences[path.slice(path.lastIndexOf('.') + 1)] ?? '---'
    // A stream of several documents, and the marker before the first, are YAML's; a fence knows one.
    const text = (await files.read(path)).toString('utf8').replace(/^---\s*\n/, '')
    const raw = readFrontMatter(path, Buffer.from(`${fence}\n${text}\n${fence}\n`))
    if (!('problem' in raw)) return raw.fields
  }
  return {}
}

/** The text at a way through nested data; undefined where there is none. */
export function textAt(value: unknown, ...way: string[]): string | undefined {
  const found = valueAt(value, ...way)
  return typeof found === 'string' && found.trim() !== ''
    ? found.trim()
    : typeof found === 'number'
      ? `${found}`
      : undefined
}

/** A time zone that there is; undefined where another text or none stands. */
export function zoneAt(value: unknown, ...way: string[]): string | undefined {
  const zone = textAt(value, ...way)
  return zone !== undefined && isTimezone(zone) ? zone : undefined
}

export function valueAt(value: unknown, ...way: string[]): unknown {
  let at = value
  for (const step of way) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Object.entries(at).find(([key]) => key.toLowerCase() === step.toLowerCase())?.[1]
  }
  return at
}

/** What follows where nobody says where the old site is. */
export const noOrigin = 'the address of the old site is not known: feeds show posts under new ids. --url gives it'

/** What stands of these settings; those that the old tool does not say are left out. */
export function present<T extends Record<string, unknown>>(given: T): {[Key in keyof T]?: NonNullable<T[Key]>} {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}

/** `https://x.example/blog/` without its last slash; undefined for what is no address of the web. */
export function originOf(...given: (string | undefined)[]): string | undefined {
  const url = given.find(
    (one) =>
      one !== undefined && /^https?:\/\/[^/]/.test(one) && !/^https?:\/\/(?:localhost|example\.org\/?$)/.test(one),
  )
  return url?.replace(/\/+$/, '')
}
