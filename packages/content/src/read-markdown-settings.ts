import type {FieldReader} from './field-reader.ts'
import type {MarkdownSettings} from './site-settings.ts'

/** The keys of `markdown` in broadside.yaml. */
export const markdownKeys = ['smartPunctuation', 'math', 'lineNumbers', 'headingLinks'] as const

/** `markdown` in broadside.yaml; undefined when it chooses nothing. */
export function readMarkdownSettings(reader: FieldReader): MarkdownSettings | undefined {
  if (reader.keys(['markdown']) === undefined) return undefined
  const settings: MarkdownSettings = {}
  for (const key of markdownKeys) {
    const chosen = reader.flag(['markdown', key])
    if (chosen !== undefined) settings[key] = chosen
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}
