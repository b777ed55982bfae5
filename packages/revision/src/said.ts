import type {PostMeta} from '@broadside/content'

/**
 * What front matter says, as JSON: a third of what the object takes, and a first import holds it of every post until its
 * version is written.
 */
export type Said = string & {readonly said: unique symbol}

export function say(meta: PostMeta): Said {
  return JSON.stringify(meta) as Said
}

export function metaOf(said: Said): PostMeta {
  return JSON.parse(said) as PostMeta
}
