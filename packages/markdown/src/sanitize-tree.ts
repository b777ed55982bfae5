import type {Root} from 'hast'
import {sanitize} from 'hast-util-sanitize'
import {safeSchema} from './safe-schema.ts'

/** A copy of the tree with nothing in it but what `safeSchema` allows. Positions stay. */
export function sanitizeTree(tree: Root): Root {
  return sanitize(tree, safeSchema) as Root
}
