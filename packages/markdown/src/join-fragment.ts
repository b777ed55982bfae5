import {escapeAttribute} from './escape-html.ts'
import type {Fragment, Ref} from './fragment.ts'
import {printImage, type ImageTarget} from './print-image.ts'

/** Where the HTML goes. Feed and mail leave out what only a browser on the page can use. */
export type Variant = 'web' | 'feed' | 'mail'

/** Where a reference leads, with what is known of the image that is there. */
export type RefTarget = {url: string; image?: ImageTarget}

/**
 * The HTML of a fragment, with its relative references led to where `resolve` says. A reference that it answers with
 * undefined loses its attribute: of such a link the text stays, of an image the alternative text.
 */
export function joinFragment(
  fragment: Fragment,
  resolve: (ref: Ref) => string | RefTarget | undefined,
  variant: Variant,
): string {
  const targetOf = (index: number): RefTarget | undefined => {
    const ref = fragment.refs[index]
    const target = ref === undefined ? undefined : resolve(ref)
    return typeof target === 'string' ? {url: target} : target
  }
  let html = ''
  for (const part of fragment.parts) {
    if (typeof part === 'string') html += part
    else if ('web' in part) html += variant === 'web' ? part.web : (part.plain ?? '')
    else if ('image' in part) html += printImage(part.image, targetOf(part.image.ref), variant === 'web')
    else html += attributeOf(fragment.refs[part.ref], targetOf(part.ref))
  }
  return html
}

function attributeOf(ref: Ref | undefined, target: RefTarget | undefined): string {
  return ref === undefined || target === undefined ? '' : ` ${ref.attribute}="${escapeAttribute(target.url)}"`
}
