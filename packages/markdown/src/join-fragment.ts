import {escapeAttribute} from './escape-html.ts'
import type {Fragment, Ref} from './fragment.ts'

/** Where the HTML goes. Feed and mail leave out what only a browser on the page can use. */
export type Variant = 'web' | 'feed' | 'mail'

/**
 * The HTML of a fragment, with its relative references led to where `resolve` says. A reference that it answers with
 * undefined loses its attribute: of such a link the text stays, of an image the alternative text.
 */
export function joinFragment(fragment: Fragment, resolve: (ref: Ref) => string | undefined, variant: Variant): string {
  let html = ''
  for (const part of fragment.parts) {
    if (typeof part === 'string') html += part
    else if ('web' in part) html += variant === 'web' ? part.web : (part.plain ?? '')
    else html += attributeOf(fragment.refs[part.ref], resolve)
  }
  return html
}

function attributeOf(ref: Ref | undefined, resolve: (ref: Ref) => string | undefined): string {
  const url = ref === undefined ? undefined : resolve(ref)
  return ref === undefined || url === undefined ? '' : ` ${ref.attribute}="${escapeAttribute(url)}"`
}
