import type {Text} from 'hast'
import type {FragmentPart} from './fragment.ts'

/**
 * Finished HTML on its way round the printer. The tree gets a mark as text, and `cutParts` finds it again: so code that
 * was highlighted once is never a tree, and what the web alone can use stands beside what feeds and mails get.
 */
export type Inserts = {
  /** The mark for HTML on the web, and for what stands in its place elsewhere. Both must be safe as they are. */
  add(web: string, plain: string): Text
  partAt(index: number): FragmentPart
}

/** `mark` must be a string that cannot stand in the document. */
export function createInserts(mark: string): Inserts {
  const parts: FragmentPart[] = []
  return {
    add(web, plain) {
      parts.push(web === plain ? web : plain === '' ? {web} : {web, plain})
      return {type: 'text', value: `${mark}+${parts.length - 1};`}
    },
    partAt: (index) => parts[index] ?? '',
  }
}
