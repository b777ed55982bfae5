import type {FieldPath} from './field-document.ts'
import type {FieldReader} from './field-reader.ts'

/** A whole http(s) URL without a password, as browsers write it. */
export function readWebUrl(reader: FieldReader, path: FieldPath): string | undefined {
  const text = reader.text(path)
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return url.href
  return reader.refuse(path, 'is no web address', 'Write it in full, https://example.org/.')
}
