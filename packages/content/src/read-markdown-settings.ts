import {isFields} from './field-document.ts'
import type {FieldReader} from './field-reader.ts'
import type {MarkdownSettings} from './site-settings.ts'

/** The keys of `markdown` in broadside.yaml. */
export const markdownKeys = ['smartPunctuation', 'math', 'lineNumbers', 'headingLinks'] as const

/** `markdown` in broadside.yaml; undefined when it chooses nothing. */
export function readMarkdownSettings(reader: FieldReader): MarkdownSettings | undefined {
  // What is no mapping has been refused with the keys that mean nothing.
  if (!isFields(reader.valueAt(['markdown']))) return undefined
  const settings: MarkdownSettings = {}
  for (const key of markdownKeys) {
    const chosen = reader.flag(['markdown', key])
    if (chosen !== undefined) settings[key] = chosen
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}
