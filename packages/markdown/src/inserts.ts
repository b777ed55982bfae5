import type {Text} from 'hast'
import type {FragmentImage, FragmentPart} from './fragment.ts'

/**
 * Finished HTML on its way round the printer. The tree gets a mark as text, and `cutParts` finds it again: so code that
 * was highlighted once is never a tree, and what the web alone can use stands beside what feeds and mails get.
 */
export type Inserts = {
  /** The mark for HTML on the web, and for what stands in its place elsewhere. Both must be safe as they are. */
  add(web: string, plain: string): Text
  /** The mark for an image of the site. */
  addImage(image: FragmentImage): Text
  partAt(index: number): FragmentPart
}

/** `mark` must be a string that cannot stand in the document. */
export function createInserts(mark: string): Inserts {
  const parts: FragmentPart[] = []
  const keep = (part: FragmentPart): Text => {
    parts.push(part)
    return {type: 'text', value: `${mark}+${parts.length - 1};`}
  }
  return {
    add: (web, plain) => keep(web === plain ? web : plain === '' ? {web} : {web, plain}),
    addImage: (image) => keep({image}),
    partAt: (index) => parts[index] ?? '',
  }
}
