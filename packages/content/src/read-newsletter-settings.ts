import {isFields, type FieldPath} from './field-document.ts'
import type {FieldReader} from './field-reader.ts'
import type {NewsletterSettings} from './site-settings.ts'

/** `newsletter` in broadside.yaml: true, false, or an object, which means true unless it says otherwise. */
export function readNewsletterSettings(reader: FieldReader, defaults: NewsletterSettings): NewsletterSettings {
  const value = reader.valueAt(['newsletter'])
  if (value === undefined) return defaults
  if (!isFields(value)) return {...defaults, enabled: reader.flag(['newsletter']) ?? false}
  const newsletter: NewsletterSettings = {
    enabled: reader.flag(['newsletter', 'enabled']) ?? true,
    autoSendDays: reader.number(['newsletter', 'autoSendDays'], {min: 0, max: 3_650}) ?? defaults.autoSendDays,
  }
  const graceHours = reader.number(['newsletter', 'graceHours'], {min: 0, max: 8_760})
  if (graceHours !== undefined) newsletter.graceHours = graceHours
  const name = reader.text(['newsletter', 'name'], {maxLength: 200})
  if (name !== undefined) newsletter.name = name
  const from = readMailbox(reader, ['newsletter', 'from'])
  if (from !== undefined) newsletter.from = from
  const replyTo = readMailbox(reader, ['newsletter', 'replyTo'])
  if (replyTo !== undefined) newsletter.replyTo = replyTo
  const postalAddress = reader.text(['newsletter', 'postalAddress'], {lines: true})
  if (postalAddress !== undefined) newsletter.postalAddress = postalAddress
  for (const key of ['countOpens', 'countClicks'] as const) {
    const counted = reader.flag(['newsletter', key])
    if (counted !== undefined) newsletter[key] = counted
  }
  return newsletter
}

/** One address, with or without a name before it in angle brackets; what could add a second one is refused. */
export function readMailbox(reader: FieldReader, path: FieldPath): string | undefined {
  const text = reader.text(path, {maxLength: 320})
  if (text === undefined) return undefined
  const address = /^[^<>,;:()"\\]*<([^<>]+)>$/.exec(text)?.[1] ?? text
  if (/^[^\s<>,;:()"\\@]+@[^\s<>,;:()"\\@]+$/.test(address)) return text
  return reader.refuse(path, 'is no mail address', 'Write notes@example.org or Notes <notes@example.org>.')
}
