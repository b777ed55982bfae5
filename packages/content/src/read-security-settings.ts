import type {FieldReader} from './field-reader.ts'
import {parseInstant} from './parse-instant.ts'
import type {SecuritySettings} from './site-settings.ts'
import {readWebUrl} from './read-web-url.ts'

/** `security` in broadside.yaml: who to tell of a hole, and until when that holds (RFC 9116 asks for both). */
export function readSecuritySettings(reader: FieldReader, timezone: string): SecuritySettings | undefined {
  if (reader.keys(['security']) === undefined) return undefined
  const contact = reader.items(['security', 'contact']).flatMap((path) => {
    const text = reader.text(path)
    if (text === undefined) return []
    if (URL.canParse(text) && /^(?:https:\/\/|mailto:[^?#]+@)/i.test(text)) return [text]
    reader.refuse(path, 'is no way to reach you', 'Write mailto:security@example.org or https://example.org/report.')
    return []
  })
  const written = reader.text(['security', 'expires'])
  const expires = written === undefined ? undefined : parseInstant(written, timezone)
  if (contact.length === 0 || expires === undefined) {
    const path = ['security', contact.length === 0 ? 'contact' : 'expires']
    const cure = 'security needs both, for example {contact: [mailto:security@example.org], expires: 2027-12-31}.'
    return reader.refuse(path, 'is missing or cannot be read', cure)
  }
  const policy = readWebUrl(reader, ['security', 'policy'])
  return {contact, expires, ...(policy === undefined ? {} : {policy})}
}
