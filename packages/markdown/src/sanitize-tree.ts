import type {Root} from 'hast'
import rehypeSanitize from 'rehype-sanitize'
import {unified} from 'unified'
import {safeSchema} from './safe-schema.ts'

const sanitizer = unified().use(rehypeSanitize, safeSchema).freeze()

/** A copy of the tree with nothing in it but what `safeSchema` allows. Positions stay. */
export function sanitizeTree(tree: Root): Root {
  return sanitizer.runSync(tree)
}
