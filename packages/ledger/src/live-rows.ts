import {encoderVersion, type ImageFacts} from '@broadside/images'
import type {AssetFile, LiveMeta, LivePage, LivePost} from '@broadside/site'
import type {PageVersionsTable, PostVersionsTable} from './tables.ts'

/** A row of `post_versions` and its aliases as the site's builders know it. */
export function toLivePost(row: PostVersionsTable, aliases: string[]): LivePost {
  return {
    id: row.id,
    path: row.path,
    address: row.address,
    aliases,
    meta: JSON.parse(row.meta) as LiveMeta,
    date: row.date,
    updated: row.updated ?? undefined,
    day: row.day,
    fragmentKey: row.fragment_key,
    excerpt: row.excerpt,
    words: row.words,
  }
}

export function toLivePage(row: PageVersionsTable, aliases: string[]): LivePage {
  return {
    path: row.path,
    address: row.address,
    aliases,
    meta: JSON.parse(row.meta) as LivePage['meta'],
    updated: row.updated ?? undefined,
    fragmentKey: row.fragment_key,
  }
}

type AssetRow = {path: string; hash: string; size: number; facts: string | null; failed: number | null}

/** A file with what is known of it as an image. One whose variants could not be made counts as broken. */
export function toAssetFile({path, hash, size, facts, failed}: AssetRow): AssetFile {
  if (facts === null) return {path, hash, size}
  const image = JSON.parse(facts) as ImageFacts
  return {path, hash, size, image: {...image, sound: image.sound && failed !== encoderVersion}}
}
