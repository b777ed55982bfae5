import type {Element} from 'hast'
import {idPrefix} from './safe-schema.ts'

const labelId = `${idPrefix}footnote-label`

/** Whether this is the hidden heading of the footnotes, which remark-rehype makes and the marks in the text point at. */
export function isFootnoteLabel({properties}: Element): boolean {
  return properties.id === labelId
}

/** Whether this is the number of a footnote in the text or the arrow that leads back to it. */
export function isFootnoteMark({properties}: Element): boolean {
  return 'dataFootnoteRef' in properties || 'dataFootnoteBackref' in properties
}
